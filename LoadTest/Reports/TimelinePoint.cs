namespace OrleansEcho.LoadTest.Reports;

/// <summary>One second of a run, or some of them together.</summary>
internal sealed record TimelinePoint
{
    /// <summary>When it began, in seconds.</summary>
    public required double From { get; init; }

    /// <summary>When it ended.</summary>
    public required double To { get; init; }

    /// <summary>Messages a second.</summary>
    public required double Rate { get; init; }

    /// <summary>Messages a second, of each target.</summary>
    public required IReadOnlyList<double> RateByTarget { get; init; }

    /// <summary>Messages a second that were to be sent at its end; null in a closed loop.</summary>
    public required double? IntendedRate { get; init; }

    /// <summary>Connections that were open at its end.</summary>
    public required int ConnectionsOpen { get; init; }

    /// <summary>Connections that were opened.</summary>
    public required long ConnectionsOpened { get; init; }

    /// <summary>Connections that failed.</summary>
    public required long Errors { get; init; }

    /// <summary>Messages that were wrong.</summary>
    public required long Faults { get; init; }

    /// <summary>The median, in microseconds; of several seconds the worst; null where no message came back.</summary>
    public required double? P50 { get; init; }

    /// <summary>The 90th percentile, as <see cref="P50"/>.</summary>
    public required double? P90 { get; init; }

    /// <summary>The 99th percentile, as <see cref="P50"/>.</summary>
    public required double? P99 { get; init; }

    /// <summary>The 99.9th percentile, as <see cref="P50"/>.</summary>
    public required double? P999 { get; init; }

    /// <summary>The longest, as <see cref="P50"/>.</summary>
    public required double? Max { get; init; }

    /// <summary>The middle of it.</summary>
    public double Middle => (From + To) / 2;
}
