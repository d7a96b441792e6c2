namespace OrleansEcho.Grains.Interfaces.LoadTests;

/// <summary>What a worker is to do.</summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.WorkerOrder")]
public sealed record WorkerOrder
{
    /// <summary>The run that it takes part in; empty when there is none for it.</summary>
    [Id(0)]
    public string Run { get; init; } = "";

    /// <summary>What to do.</summary>
    [Id(1)]
    public SessionOrder Order { get; init; }

    /// <summary>What the run is, in the load tester's own form; empty when the worker has it.</summary>
    [Id(2)]
    public byte[] Plan { get; init; } = [];

    /// <summary>Which of the workers it is, from 0.</summary>
    [Id(3)]
    public int Index { get; init; }

    /// <summary>How many there are.</summary>
    [Id(4)]
    public int Count { get; init; }

    /// <summary>With <see cref="SessionOrder.Start"/>: how long from now; zero or less when it is time.</summary>
    [Id(5)]
    public TimeSpan StartIn { get; init; }

    /// <summary>The number of the newest report that the session has.</summary>
    [Id(6)]
    public long ReportReceived { get; init; }

    /// <summary>The number of the newest report that the conductor has taken.</summary>
    [Id(7)]
    public long ReportTaken { get; init; }
}
