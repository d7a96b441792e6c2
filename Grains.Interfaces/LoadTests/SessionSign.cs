namespace OrleansEcho.Grains.Interfaces.LoadTests;

/// <summary>How a session's workers are.</summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.SessionSign")]
public sealed record SessionSign
{
    /// <summary>The run that has the session: another one when somebody else was first.</summary>
    [Id(0)]
    public required string Run { get; init; }

    /// <summary>All workers that were heard of late.</summary>
    [Id(1)]
    public SessionWorker[] Workers { get; init; } = [];
}
