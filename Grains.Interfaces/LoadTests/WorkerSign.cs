namespace OrleansEcho.Grains.Interfaces.LoadTests;

/// <summary>What a worker says of itself.</summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.WorkerSign")]
public sealed record WorkerSign
{
    /// <summary>Who it is: another one each time a worker is started.</summary>
    [Id(0)]
    public required string Worker { get; init; }

    /// <summary>Its name, for people: its machine and process.</summary>
    [Id(1)]
    public string Name { get; init; } = "";

    /// <summary>The run whose plan it has; empty while it waits.</summary>
    [Id(2)]
    public string Run { get; init; } = "";

    /// <summary>Where it is.</summary>
    [Id(3)]
    public WorkerPhase Phase { get; init; }

    /// <summary>Why it could not, a line for people; empty otherwise.</summary>
    [Id(4)]
    public string Fault { get; init; } = "";

    /// <summary>How it is going, in the load tester's own form.</summary>
    [Id(5)]
    public byte[] Progress { get; init; } = [];

    /// <summary>The number of its newest report of this run; 0 when there is none.</summary>
    [Id(6)]
    public long ReportNumber { get; init; }

    /// <summary>That report, in the load tester's own form; empty when the session has it. It holds all that no report before it was taken of.</summary>
    [Id(7)]
    public byte[] Report { get; init; } = [];
}
