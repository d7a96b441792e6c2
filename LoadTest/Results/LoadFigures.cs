namespace OrleansEcho.LoadTest.Results;

/// <summary>Counts and times of one target, or of all.</summary>
public sealed record LoadFigures
{
    /// <summary>Messages that came back while it counted.</summary>
    public required long Messages { get; init; }

    /// <summary>Messages that came back from the beginning to the end, warm-up and drain included.</summary>
    public long Echoes { get; init; }

    /// <summary>Bytes of the messages that came back while it counted, on the wire, one way.</summary>
    public required long Bytes { get; init; }

    /// <summary>Messages a second.</summary>
    public required double MessagesPerSecond { get; init; }

    /// <summary>Connections that were opened while it counted.</summary>
    public required long ConnectionsOpened { get; init; }

    /// <summary>Connections opened a second.</summary>
    public required double ConnectionsPerSecond { get; init; }

    /// <summary>Connections that were open at the end.</summary>
    public required int ConnectionsOpen { get; init; }

    /// <summary>What was wrong with messages, warm-up and drain included.</summary>
    public required IntegrityFigures Integrity { get; init; }

    /// <summary>How connections failed, by class (<see cref="ErrorClass"/>), warm-up and drain included; classes that did not occur are left out.</summary>
    public required IReadOnlyDictionary<ErrorClass, long> Errors { get; init; }

    /// <summary>The reasons that gateways gave for refusing or closing, with their counts.</summary>
    public required IReadOnlyDictionary<string, long> Refusals { get; init; }

    /// <summary>From when a message should have been sent (open loop) or was sent (closed loop) to its echo's last byte.</summary>
    public required LatencyFigures Latency { get; init; }

    /// <summary>From when a message was sent to its echo's last byte.</summary>
    public required LatencyFigures ServiceTime { get; init; }

    /// <summary>From the beginning of a connection's opening to its end, TLS included.</summary>
    public required LatencyFigures ConnectTime { get; init; }
}
