using HdrHistogram;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load.Measuring;

/// <summary>Times from one thread at a time, in nanoseconds to three significant digits, from 1 ns to <see cref="Histograms.Longest"/>; what takes longer counts as that.</summary>
internal static class LatencyRecorder
{
    private const int Digits = 3;

    /// <summary>An empty histogram.</summary>
    public static LongHistogram Make() => new(1, Histograms.Longest, Digits);

    /// <summary>Counts one time.</summary>
    public static void Record(LongHistogram histogram, long nanoseconds) => histogram.RecordValue(Math.Clamp(nanoseconds, 1, Histograms.Longest));

    /// <summary>Counts the same time more than once.</summary>
    public static void Record(LongHistogram histogram, long nanoseconds, long count) => histogram.RecordValueWithCount(Math.Clamp(nanoseconds, 1, Histograms.Longest), count);
}
