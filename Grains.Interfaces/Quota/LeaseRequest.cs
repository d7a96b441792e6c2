namespace OrleansEcho.Grains.Interfaces.Quota;

/// <summary>What a gateway tells the quota when it renews, raises or lowers what it holds.</summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.LeaseRequest")]
public sealed record LeaseRequest
{
    /// <summary>The holder: one run of one gateway process. 1 to 100 characters.</summary>
    [Id(0)]
    public required string Holder { get; init; }

    /// <summary>The gateway's name, for people.</summary>
    [Id(1)]
    public required string Gateway { get; init; }

    /// <summary>1, 2, … for the requests of one holder. A reply to any but the latest is ignored by it.</summary>
    [Id(2)]
    public required long Number { get; init; }

    /// <summary>The highest epoch that the holder has seen in a reply; 0 before the first.</summary>
    [Id(3)]
    public long Epoch { get; init; }

    /// <summary>
    /// How many permits the holder has at most until it takes the reply to this request: a promise, so that what it held above is free
    /// as soon as the quota reads this.
    /// </summary>
    [Id(4)]
    public int Held { get; init; }

    /// <summary>How many of <see cref="Held"/> have a connection. Never more than that.</summary>
    [Id(5)]
    public int InUse { get; init; }

    /// <summary>Connections that have no permit: kept, under the policy <c>available</c>, while the holder was cut off from the quota.</summary>
    [Id(6)]
    public int Unleased { get; init; }

    /// <summary>How many permits it needs for the connections that it has and those that wait: no less than <see cref="InUse"/> and <see cref="Unleased"/>.</summary>
    [Id(7)]
    public int Needed { get; init; }

    /// <summary>How many it would like, to admit what comes next without asking: no less than <see cref="Needed"/>.</summary>
    [Id(8)]
    public int Wanted { get; init; }

    /// <summary>The gateway stops: nobody waits, it holds nothing any more, and is forgotten.</summary>
    [Id(9)]
    public bool IsLast { get; init; }

    /// <summary>
    /// The holder was told that there is no limit: until it takes the reply to this request, it admits connections without permits, and
    /// may have more than <see cref="Held"/> by then.
    /// </summary>
    [Id(10)]
    public bool IsUnlimited { get; init; }
}
