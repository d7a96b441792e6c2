namespace OrleansEcho.Grains.Interfaces.Quota;

/// <summary>What a quota knows at one moment.</summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.QuotaSnapshot")]
public sealed record QuotaSnapshot
{
    /// <summary>How many connections the scope may hold; null for no limit.</summary>
    [Id(0)]
    public required int? Limit { get; init; }

    /// <summary>The limit's version, one more with each change.</summary>
    [Id(1)]
    public required long Version { get; init; }

    /// <summary>Which activation answers.</summary>
    [Id(2)]
    public required long Epoch { get; init; }

    /// <summary>Whether it lends nothing because it does not know yet what was lent before.</summary>
    [Id(3)]
    public required bool IsRelearning { get; init; }

    /// <summary>Who holds what, by name.</summary>
    [Id(4)]
    public required IReadOnlyList<HolderSnapshot> Holders { get; init; }

    /// <summary>The permits on loan.</summary>
    public long Leased => Holders.Sum(h => (long)h.Leased);

    /// <summary>The permits on loan that had a connection when their holder reported last.</summary>
    public long InUse => Holders.Sum(h => (long)h.InUse);
}
