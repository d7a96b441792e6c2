namespace OrleansEcho.LoadTest.Results;

/// <summary>One second of a run.</summary>
public sealed record IntervalFigures
{
    /// <summary>When it began, in seconds since what counts began.</summary>
    public required double At { get; init; }

    /// <summary>How long it took, in seconds; the last one may be short.</summary>
    public required double Seconds { get; init; }

    /// <summary>Messages that came back, of all targets.</summary>
    public required long Messages { get; init; }

    /// <summary>Messages that came back, of each target in the scenario's order.</summary>
    public required IReadOnlyList<long> MessagesByTarget { get; init; }

    /// <summary>Messages a second that were to be sent at its end; null in a closed loop.</summary>
    public required double? IntendedRate { get; init; }

    /// <summary>Connections that were open at its end, of all targets.</summary>
    public required int ConnectionsOpen { get; init; }

    /// <summary>Connections that were opened.</summary>
    public required long ConnectionsOpened { get; init; }

    /// <summary>Connections that failed, whatever the class.</summary>
    public required long Errors { get; init; }

    /// <summary>Messages that were lost, doubled, reordered, corrupted or foreign.</summary>
    public required long Faults { get; init; }

    /// <summary>From when a message should have been sent to its echo.</summary>
    public required LatencyFigures Latency { get; init; }
}
