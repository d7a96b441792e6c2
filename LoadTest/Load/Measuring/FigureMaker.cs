using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load.Measuring;

/// <summary>Makes figures out of counts.</summary>
internal static class FigureMaker
{
    private const double Microsecond = 1000;

    private static readonly double[] Percents = [0, 50, 75, 90, 95, 99, 99.9, 99.99, 100];

    /// <summary>A distribution's figures.</summary>
    /// <param name="histogram">Nanoseconds.</param>
    /// <param name="isWhole">Whether the histogram goes along.</param>
    public static LatencyFigures Latency(TimeHistogram histogram, bool isWhole = true)
    {
        Span<long> times = stackalloc long[Percents.Length];
        histogram.Percentiles(Percents, times);
        var (mean, deviation) = histogram.Spread();
        return new LatencyFigures
        {
            Count = histogram.TotalCount,
            Min = times[0] / Microsecond,
            Mean = mean / Microsecond,
            StandardDeviation = deviation / Microsecond,
            P50 = times[1] / Microsecond,
            P75 = times[2] / Microsecond,
            P90 = times[3] / Microsecond,
            P95 = times[4] / Microsecond,
            P99 = times[5] / Microsecond,
            P999 = times[6] / Microsecond,
            P9999 = times[7] / Microsecond,
            Max = times[8] / Microsecond,
            Histogram = isWhole && histogram.TotalCount > 0 ? Histograms.Encode(histogram.ToHdr()) : "",
        };
    }

    /// <summary>The figures of a target, or of all.</summary>
    /// <param name="measured">What was counted while it counted.</param>
    /// <param name="always">What was counted from the beginning to the end.</param>
    /// <param name="seconds">How long it counted.</param>
    /// <param name="open">How many connections are open.</param>
    /// <param name="isWhole">Whether the histograms go along.</param>
    public static LoadFigures Load(LoadCounts measured, LoadCounts always, double seconds, int open, bool isWhole = true) => new()
    {
        Messages = measured.Messages,
        Bytes = measured.Bytes,
        Echoes = always.Messages,
        MessagesPerSecond = seconds > 0 ? measured.Messages / seconds : 0,
        ConnectionsOpened = measured.Opened,
        ConnectionsPerSecond = seconds > 0 ? measured.Opened / seconds : 0,
        ConnectionsOpen = open,
        Integrity = new IntegrityFigures(always.Lost, always.Doubled, always.Reordered, always.Corrupted, always.Foreign, always.Unanswered),
        Errors = Enum.GetValues<ErrorClass>().Where(e => always.Errors[(int)e] > 0).ToDictionary(e => e, e => always.Errors[(int)e]),
        Refusals = new SortedDictionary<string, long>(always.Refusals, StringComparer.Ordinal),
        Latency = Latency(measured.Latency, isWhole),
        ServiceTime = Latency(measured.ServiceTime, isWhole),
        ConnectTime = Latency(always.ConnectTime, isWhole),
    };
}
