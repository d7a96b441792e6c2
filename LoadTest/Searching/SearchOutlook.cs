namespace OrleansEcho.LoadTest.Searching;

/// <summary>How many runs a search makes, by searching for limits that are known.</summary>
internal static class SearchOutlook
{
    /// <summary>The fewest and the most runs of a search whose runs always say the same, wherever the limit is.</summary>
    public static (int Fewest, int Most) Runs(SearchRange range)
    {
        var (fewest, most) = (int.MaxValue, 0);
        for (var limit = (double)range.Floor; ; limit = Math.Min(range.To, limit * 1.5))
        {
            var runs = RunsTo(range, (long)limit);
            (fewest, most) = (Math.Min(fewest, runs), Math.Max(most, runs));
            if (limit >= range.To) return (fewest, most);
        }
    }

    private static int RunsTo(SearchRange range, long limit)
    {
        var search = new LimitSearch(range);
        var runs = 0;
        for (; search.Next is { } step; runs++) search.Tell(step.Value <= limit ? ProbeOutcome.Held : ProbeOutcome.Broke);
        return runs;
    }
}
