using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Thresholds;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>What has to hold: each condition of an objective, and that none of a scenario's thresholds is crossed.</summary>
/// <param name="conditions">The thresholds that are crossed when the objective does not hold.</param>
internal sealed class SearchObjective(IReadOnlyList<Threshold> conditions)
{
    // An open loop of which less comes back than is due has a backlog that grows, though its percentiles may still be good.
    private const double ShareThatMayLack = 0.01;

    // A latency of which more than this share is the load tester's own lateness is not the gateways'.
    private const double ShareOfLatency = 0.25;

    private readonly bool _isAboutErrors = conditions.Any(c => c.Figure.Name.StartsWith("error", StringComparison.Ordinal));

    /// <summary>Judges a run that was not stopped.</summary>
    public SearchProbe Judge(SearchStep step, RunResult run)
    {
        ObjectiveFigure[] figures = [.. conditions.Select(c => Figure(c, run))];
        string[] broken =
        [
            .. run.Verdict is Verdict.Failed ? new[] { run.Remarks is [var first, ..] ? first : ReportText.Meaning(run.Verdict) } : [],
            .. figures.Where(f => !f.Holds).Select(f => $"{f.Figure} is {f.Value}"),
            .. new[] { Lack(run), Unopened(run) }.OfType<string>(),
        ];

        // Where all holds although the load tester was late or busy, the gateways can do it: what is measured is never less than what they did.
        var late = run.Verdict is Verdict.Failed || broken.Length is 0 ? null : Lateness(run);
        var outcome = broken.Length is 0 ? ProbeOutcome.Held : late is not null ? ProbeOutcome.Invalid : ProbeOutcome.Broke;
        return new SearchProbe
        {
            Value = step.Value,
            Phase = step.Phase,
            Confirmation = step.Confirmation,
            IsAgain = step.IsAgain,
            Outcome = outcome,
            Reasons = [.. (outcome is ProbeOutcome.Invalid ? [late!] : broken).Select(r => r.TrimEnd('.'))],
            Figures = figures,
            MessagesPerSecond = run.Total.MessagesPerSecond,
            ShareOfDue = ShareOfDue(run),
            Latency = run.Total.Latency with { Histogram = "" },
        };
    }

    private static ObjectiveFigure Figure(Threshold condition, RunResult run)
    {
        var (measured, text, isCrossed) = condition.Measure(run);
        return new ObjectiveFigure(condition.Condition, condition.Figure.Name, measured, text, !isCrossed);
    }

    private static bool IsOpenLoop(RunResult run) => run.Scenario.Flows.Any(f => f.Kind is FlowKind.Open);

    // What the clock had to send while it counted, and what it did not come to: so a window that ends some milliseconds late makes no difference.
    private static long Due(RunResult run) => run.Generator.SendLag.Count + run.Generator.Skipped + run.Generator.Untried;

    private static double? ShareOfDue(RunResult run) => Due(run) is > 0 and var due && IsOpenLoop(run) ? (double)run.Total.Messages / due : null;

    // What is under way at the end and was not at the beginning is a backlog that grows; but for chance, and for what had not come back
    // for the first time when a warm-up was too short for one echo.
    private static string? Lack(RunResult run)
    {
        if (ShareOfDue(run) is not { } share || run.Total.Messages is 0) return null;
        var (due, p99) = (Due(run), run.Total.Latency.P99 / 1_000_000);
        var underWay = due / (run.Total.Messages / run.Total.MessagesPerSecond) * p99;
        var mayLack = Math.Max(ShareThatMayLack * due, 1 + (2 * Math.Sqrt(underWay))) + (run.Scenario.Warmup.TotalSeconds < p99 ? underWay : 0);
        return due - run.Total.Messages > mayLack ? $"{Quantity.Percent(share)} of what was due came back: the backlog grows" : null;
    }

    // A connection that is refused and tried again is open for a moment, and is no connection that holds.
    private string? Unopened(RunResult run)
    {
        if (!_isAboutErrors && run.Total.Errors.Values.Sum() is > 0 and var errors)
        {
            return $"{Quantity.Of((int)Math.Min(errors, int.MaxValue), "connection")} failed ({string.Join(", ", run.Total.Errors.Where(e => e.Value > 0).OrderBy(e => e.Key).Select(e => $"{Quantity.Count(e.Value)} {ReportText.Meaning(e.Key)}"))})";
        }

        var wanted = run.Scenario.Stages[^1].Connections;
        return run.Scenario.Flows.All(f => f.Kind is not FlowKind.Churn) && run.Total.ConnectionsOpen < wanted
            ? $"{run.Total.ConnectionsOpen} of {Quantity.Of(wanted, "connection")} were open at the end"
            : null;
    }

    // Why what broke may be the load tester's doing; null where it is not.
    private string? Lateness(RunResult run)
    {
        if (run.Verdict is Verdict.Invalid) return run.Remarks is [var first, ..] ? first : ReportText.Meaning(run.Verdict);

        // At the percentile that the condition is about: the p99 of a run may be in time where its p99.9 is not.
        var onlyLag = run with { Total = run.Total with { Latency = run.Generator.SendLag } };
        foreach (var condition in conditions.Where(c => c is { Target: null, Figure: { Unit: ThresholdUnit.Time, OfGenerator: null } }))
        {
            var (latency, _, isCrossed) = condition.Measure(run);
            var (lag, text, _) = condition.Measure(onlyLag);
            if (isCrossed && lag != latency && lag > ShareOfLatency * latency)
                return $"Messages were sent late: {condition.Figure.Name} of the send lag is {text}. Give the load tester a processor of its own, or lower the rate";
        }

        return null;
    }
}
