namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>The sizes of messages on the wire, with terminator or prefix, in bytes.</summary>
/// <param name="Parts">Ranges with their weights; at least one.</param>
public sealed record SizeDistribution(IReadOnlyList<SizeRange> Parts)
{
    /// <summary>The greatest size there can be.</summary>
    public int Max => Parts.Max(p => p.To);

    /// <summary>The smallest size there can be.</summary>
    public int Min => Parts.Min(p => p.From);

    /// <summary>One size.</summary>
    /// <param name="bytes">More than 0.</param>
    public static SizeDistribution Fixed(int bytes) => new([new SizeRange(bytes, bytes)]);

    /// <summary>As it is written in a scenario: <c>32</c>, <c>20-5000</c>, <c>32*9,1024-4096*1</c>.</summary>
    public override string ToString() =>
        string.Join(',', Parts.Select(p => (p.From == p.To ? $"{p.From}" : $"{p.From}-{p.To}") + (Parts.Count > 1 ? FormattableString.Invariant($"*{p.Weight}") : "")));
}
