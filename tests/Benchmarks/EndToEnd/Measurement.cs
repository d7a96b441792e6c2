namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>What one load told of one server.</summary>
/// <param name="Rate">Messages a second; connections a second where those are counted.</param>
/// <param name="Cpu">Server CPU time for each of them, in microseconds.</param>
/// <param name="P50">The median latency, in milliseconds.</param>
/// <param name="P99">Its 99th percentile, in milliseconds.</param>
internal readonly record struct Measurement(double Rate, double Cpu, double P50, double P99)
{
    /// <summary>This one beside another, figure by figure.</summary>
    public Measurement Over(Measurement other) => new(Rate / other.Rate, Cpu / other.Cpu, P50 / other.P50, P99 / other.P99);

    /// <summary>Of each figure the median.</summary>
    public static Measurement MedianOf(IReadOnlyCollection<Measurement> all) => new(
        Median.Of(all.Select(m => m.Rate)), Median.Of(all.Select(m => m.Cpu)), Median.Of(all.Select(m => m.P50)), Median.Of(all.Select(m => m.P99)));
}
