namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>One server under one load, beside another under the same: the rounds of both, in pairs.</summary>
/// <param name="Own">What was measured of it: medians.</param>
/// <param name="Over">Beside the other: medians of each round's ratios, because both halves of a round had the same machine.</param>
/// <param name="LowestCpu">The lowest of the rounds' ratios of CPU.</param>
/// <param name="HighestCpu">The highest of them.</param>
internal sealed record Comparison(Measurement Own, Measurement Over, double LowestCpu, double HighestCpu)
{
    /// <summary>Compares round by round.</summary>
    public static Comparison Of(IReadOnlyList<Measurement> own, IReadOnlyList<Measurement> other)
    {
        if (own.Count != other.Count) throw new ArgumentException($"{own.Count} rounds are no pairs with {other.Count}.", nameof(other));
        var ratios = own.Zip(other, static (mine, its) => mine.Over(its)).ToList();
        return new(Measurement.MedianOf(own), Measurement.MedianOf(ratios), ratios.Min(r => r.Cpu), ratios.Max(r => r.Cpu));
    }
}
