namespace OrleansEcho.LoadTest.Results;

/// <summary>How a run is going: for whoever watches it.</summary>
public sealed record LoadProgress
{
    /// <summary>Where it is.</summary>
    public required LoadPhase Phase { get; init; }

    /// <summary>How long it has loaded, warm-up included.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>How long it goes on to load.</summary>
    public required TimeSpan Left { get; init; }

    /// <summary>Connections that are open.</summary>
    public required int ConnectionsOpen { get; init; }

    /// <summary>Messages that came back, warm-up included.</summary>
    public required long Messages { get; init; }

    /// <summary>Messages a second, of late, of each target in the scenario's order.</summary>
    public required IReadOnlyList<double> MessagesPerSecondByTarget { get; init; }

    /// <summary>Messages a second that are to be sent; null in a closed loop.</summary>
    public required double? IntendedRate { get; init; }

    /// <summary>Messages that were lost, doubled, reordered, corrupted or foreign.</summary>
    public required long Faults { get; init; }

    /// <summary>Connections that failed.</summary>
    public required long Errors { get; init; }

    /// <summary>The latency of the last whole second; null in the first.</summary>
    public required LatencyFigures? LastSecond { get; init; }

    /// <summary>How many load testers take part.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>How many are to.</summary>
    public int WorkersWanted { get; init; } = 1;
}
