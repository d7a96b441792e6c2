using HdrHistogram;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load.Measuring;

/// <summary>Makes figures out of counts.</summary>
internal static class FigureMaker
{
    private const double Microsecond = 1000;

    /// <summary>A distribution's figures.</summary>
    /// <param name="histogram">Nanoseconds.</param>
    /// <param name="isWhole">Whether the histogram goes along.</param>
    public static LatencyFigures Latency(LongHistogram histogram, bool isWhole = true)
    {
        var isEmpty = histogram.TotalCount is 0;
        double At(double percentile) => isEmpty ? 0 : histogram.GetValueAtPercentile(percentile) / Microsecond;
        return new LatencyFigures
        {
            Count = histogram.TotalCount,
            Min = At(0),
            Mean = isEmpty ? 0 : histogram.GetMean() / Microsecond,
            StandardDeviation = isEmpty ? 0 : histogram.GetStdDeviation() / Microsecond,
            P50 = At(50),
            P75 = At(75),
            P90 = At(90),
            P95 = At(95),
            P99 = At(99),
            P999 = At(99.9),
            P9999 = At(99.99),
            Max = isEmpty ? 0 : histogram.GetMaxValue() / Microsecond,
            Histogram = isWhole && !isEmpty ? Histograms.Encode(histogram) : "",
        };
    }

    /// <summary>The figures of a target, or of all.</summary>
    /// <param name="measured">What was counted while it counted.</param>
    /// <param name="always">What was counted from the beginning to the end.</param>
    /// <param name="seconds">How long it counted.</param>
    /// <param name="open">How many connections are open.</param>
    public static LoadFigures Load(LoadCounts measured, LoadCounts always, double seconds, int open) => new()
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
        Latency = Latency(measured.Latency),
        ServiceTime = Latency(measured.ServiceTime),
        ConnectTime = Latency(always.ConnectTime),
    };
}
