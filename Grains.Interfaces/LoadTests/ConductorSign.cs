namespace OrleansEcho.Grains.Interfaces.LoadTests;

/// <summary>What a conductor wants to be done.</summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.ConductorSign")]
public sealed record ConductorSign
{
    /// <summary>The run: another one each time.</summary>
    [Id(0)]
    public required string Run { get; init; }

    /// <summary>What the crew is to do. With <see cref="SessionOrder.Wait"/> nobody takes part yet.</summary>
    [Id(1)]
    public SessionOrder Order { get; init; }

    /// <summary>What the run is, in the load tester's own form.</summary>
    [Id(2)]
    public byte[] Plan { get; init; } = [];

    /// <summary>The workers that take part; their places are their shares.</summary>
    [Id(3)]
    public string[] Crew { get; init; } = [];

    /// <summary>The numbers of the newest reports that were taken, in the crew's order.</summary>
    [Id(4)]
    public long[] Taken { get; init; } = [];

    /// <summary>With <see cref="SessionOrder.Start"/>: how long from now.</summary>
    [Id(5)]
    public TimeSpan StartIn { get; init; }

    /// <summary>The run is over: the session is free for another.</summary>
    [Id(6)]
    public bool IsOver { get; init; }
}
