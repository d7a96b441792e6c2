using HdrHistogram;

namespace OrleansEcho.LoadTest.Load.Measuring;

/// <summary>Times from one thread at a time, in nanoseconds to three significant digits, from 1 ns to an hour.</summary>
internal static class LatencyRecorder
{
    /// <summary>The longest time that is told apart: an hour. What takes longer counts as that.</summary>
    public const long Longest = 3_600_000_000_000;

    private const int Digits = 3;

    /// <summary>An empty histogram.</summary>
    public static LongHistogram Make() => new(1, Longest, Digits);

    /// <summary>Counts one time.</summary>
    public static void Record(LongHistogram histogram, long nanoseconds) => histogram.RecordValue(Math.Clamp(nanoseconds, 1, Longest));
}
