using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Reports;

/// <summary>How one target compares to the others, which got as many connections.</summary>
/// <param name="Target">The target.</param>
/// <param name="Share">Its share of all messages, from 0 to 1.</param>
/// <param name="Note">What is off, in a few words; null where nothing is.</param>
internal sealed record TargetBalance(TargetFigures Target, double Share, string? Note)
{
    // Connections go to the targets in turn, so that each has the same work: a tenth is more than chance leaves between them.
    private const double RateMargin = 0.1;

    // Tails are noisy: a half is not.
    private const double TailMargin = 1.5;

    // Below this a p99 is a matter of a message or two.
    private const long EnoughMessages = 1000;

    /// <summary>Each target beside the median of all.</summary>
    public static IReadOnlyList<TargetBalance> Of(RunResult result)
    {
        var rate = Median(result.Targets.Select(t => t.Figures.MessagesPerSecond));
        var p99 = Median(result.Targets.Select(t => t.Figures.Latency.P99));
        var all = Math.Max(1, result.Targets.Sum(t => t.Figures.Messages));
        return [.. result.Targets.Select(t => new TargetBalance(t, (double)t.Figures.Messages / all, result.Targets.Count > 1 ? NoteOn(t.Figures, rate, p99) : null))];
    }

    private static string? NoteOn(LoadFigures figures, double rate, double p99)
    {
        var notes = new List<string>();
        if (rate > 0 && Math.Abs(figures.MessagesPerSecond / rate - 1) > RateMargin) notes.Add($"{Quantity.Change(figures.MessagesPerSecond / rate - 1)} messages");
        if (p99 > 0 && figures.Latency.Count >= EnoughMessages && figures.Latency.P99 / p99 > TailMargin) notes.Add($"p99 {Quantity.Digits(figures.Latency.P99 / p99)}×");
        return notes.Count is 0 ? null : string.Join(", ", notes);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length is 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
