using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>One run of a search.</summary>
public sealed record SearchProbe
{
    /// <summary>What was tried: messages a second, or connections.</summary>
    public required long Value { get; init; }

    /// <summary>What it was for.</summary>
    public required SearchPhase Phase { get; init; }

    /// <summary>Which confirmation it was, from 1; 0 for none.</summary>
    public required int Confirmation { get; init; }

    /// <summary>Whether it is the run before once more, as that did not hold or was invalid.</summary>
    public required bool IsAgain { get; init; }

    /// <summary>What it says of the value.</summary>
    public required ProbeOutcome Outcome { get; init; }

    /// <summary>Why it did not hold, or was invalid; nothing where it held.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>What was measured of each condition.</summary>
    public required IReadOnlyList<ObjectiveFigure> Figures { get; init; }

    /// <summary>Messages a second that came back.</summary>
    public required double MessagesPerSecond { get; init; }

    /// <summary>Messages that came back as a share of those that were due; null in a closed loop.</summary>
    public required double? ShareOfDue { get; init; }

    /// <summary>From when a message should have been sent (open loop) or was sent (closed loop) to its echo's last byte.</summary>
    public required LatencyFigures Latency { get; init; }
}
