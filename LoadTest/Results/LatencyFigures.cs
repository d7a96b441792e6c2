namespace OrleansEcho.LoadTest.Results;

/// <summary>A distribution of times, in microseconds, to three significant digits.</summary>
public sealed record LatencyFigures
{
    /// <summary>How many times there are; all else is 0 when there are none.</summary>
    public required long Count { get; init; }

    /// <summary>The shortest.</summary>
    public required double Min { get; init; }

    /// <summary>The mean.</summary>
    public required double Mean { get; init; }

    /// <summary>The standard deviation.</summary>
    public required double StandardDeviation { get; init; }

    /// <summary>The median.</summary>
    public required double P50 { get; init; }

    /// <summary>The 75th percentile.</summary>
    public required double P75 { get; init; }

    /// <summary>The 90th percentile.</summary>
    public required double P90 { get; init; }

    /// <summary>The 95th percentile.</summary>
    public required double P95 { get; init; }

    /// <summary>The 99th percentile.</summary>
    public required double P99 { get; init; }

    /// <summary>The 99.9th percentile.</summary>
    public required double P999 { get; init; }

    /// <summary>The 99.99th percentile.</summary>
    public required double P9999 { get; init; }

    /// <summary>The longest.</summary>
    public required double Max { get; init; }

    /// <summary>The whole histogram in nanoseconds: HdrHistogram's compressed V2 encoding, in base 64, as its log files have it. Empty in an interval.</summary>
    public string Histogram { get; init; } = "";
}
