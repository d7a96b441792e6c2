namespace OrleansEcho.Grains.Interfaces.LoadTests;

/// <summary>How a worker is.</summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.SessionWorker")]
public sealed record SessionWorker
{
    /// <summary>What it said last; without the report where it was taken.</summary>
    [Id(0)]
    public required WorkerSign Sign { get; init; }

    /// <summary>How long ago.</summary>
    [Id(1)]
    public TimeSpan Silence { get; init; }
}
