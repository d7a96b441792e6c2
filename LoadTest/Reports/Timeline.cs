using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Reports;

/// <summary>The seconds of a run, put together where they are more than a page has room for.</summary>
internal static class Timeline
{
    /// <summary>A point for each two pixels of a plot is as much as an eye can tell.</summary>
    public const int MostPoints = 240;

    /// <summary>The seconds in order; some of them together where there are more than <paramref name="most"/>.</summary>
    public static IReadOnlyList<TimelinePoint> Of(RunResult result, int most = MostPoints)
    {
        var together = (result.Intervals.Count + most - 1) / most;
        return together is 0 ? [] : [.. result.Intervals.Chunk(together).Select(Together)];
    }

    // Messages are those of the whole time. Of a percentile of several seconds only the worst can be told without their histograms.
    private static TimelinePoint Together(IntervalFigures[] seconds)
    {
        var length = seconds.Sum(s => s.Seconds);
        var measured = seconds.Where(s => s.Latency.Count > 0).Select(s => s.Latency).ToArray();
        double? Worst(Func<LatencyFigures, double> of) => measured.Length is 0 ? null : measured.Max(of);
        return new TimelinePoint
        {
            From = seconds[0].At,
            To = seconds[^1].At + seconds[^1].Seconds,
            Rate = length > 0 ? seconds.Sum(s => s.Messages) / length : 0,
            RateByTarget = [.. seconds[0].MessagesByTarget.Select((_, t) => length > 0 ? seconds.Sum(s => s.MessagesByTarget[t]) / length : 0)],
            IntendedRate = seconds[^1].IntendedRate,
            ConnectionsOpen = seconds[^1].ConnectionsOpen,
            ConnectionsOpened = seconds.Sum(s => s.ConnectionsOpened),
            Errors = seconds.Sum(s => s.Errors),
            Faults = seconds.Sum(s => s.Faults),
            P50 = Worst(l => l.P50),
            P90 = Worst(l => l.P90),
            P99 = Worst(l => l.P99),
            P999 = Worst(l => l.P999),
            Max = Worst(l => l.Max),
        };
    }
}
