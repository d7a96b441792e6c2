namespace OrleansEcho.Grains.Interfaces.Links;

/// <summary>What a silo says of itself with each heartbeat.</summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.SiloSign")]
public sealed record SiloSign
{
    /// <summary>The silo's address and generation, as the cluster knows it.</summary>
    [Id(0)]
    public required string Silo { get; init; }

    /// <summary>It is about to stop: what comes next should go to another.</summary>
    [Id(1)]
    public bool IsLeaving { get; init; }

    /// <summary>
    /// The newest format of <see cref="Lanes.SetBatch"/> that it reads; 0 from silos that take no batches (before 0.2). A gateway sends batches only to a silo that says so.
    /// </summary>
    [Id(2)]
    public int BatchFormat { get; init; }
}
