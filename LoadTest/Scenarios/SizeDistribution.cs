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

    /// <summary>Draws a size. The same state gives the same size, on every machine; nothing is allocated.</summary>
    /// <param name="state">Any number to begin with; it is moved on (SplitMix64, Steele, Lea and Flood 2014).</param>
    public int Next(ref ulong state)
    {
        var part = Parts.Count is 1 ? Parts[0] : Draw(ref state);
        // The high half of a product is even enough: ranges are some 2^20 wide, and there are 2^64 numbers for them.
        return part.From == part.To ? part.From : part.From + (int)Math.BigMul(Mix(ref state), (ulong)(part.To - part.From) + 1, out _);
    }

    /// <summary>As it is written in a scenario: <c>32</c>, <c>20-5000</c>, <c>32*9,1024-4096*1</c>.</summary>
    public override string ToString() =>
        string.Join(',', Parts.Select(p => (p.From == p.To ? $"{p.From}" : $"{p.From}-{p.To}") + (Parts.Count > 1 ? FormattableString.Invariant($"*{p.Weight}") : "")));

    private SizeRange Draw(ref ulong state)
    {
        var whole = 0.0;
        for (var i = 0; i < Parts.Count; i++) whole += Parts[i].Weight;
        var left = (Mix(ref state) >> 11) * (1.0 / (1UL << 53)) * whole;
        for (var i = 0; i < Parts.Count - 1; i++)
        {
            if (left < Parts[i].Weight) return Parts[i];
            left -= Parts[i].Weight;
        }

        return Parts[^1];
    }

    private static ulong Mix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
