using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Thresholds;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>What has to hold: each condition of an objective, and that none of a scenario's thresholds is crossed.</summary>
/// <param name="conditions">The thresholds that are crossed when the objective does not hold.</param>
internal sealed class SearchObjective(IReadOnlyList<Threshold> conditions)
{
    // An open loop of which less comes back than is due has a backlog that grows, though its percentiles may still be good. A hundredth is what is on its way at both ends.
    private const double LeastShare = 0.99;

    /// <summary>Judges a run that was not stopped.</summary>
    public SearchProbe Judge(SearchStep step, RunResult run)
    {
        ObjectiveFigure[] figures = [.. conditions.Select(c => Figure(c, run))];
        var (share, wanted) = (ShareOfDue(run), run.Scenario.Stages[^1].Connections);
        var reasons = new List<string>();
        if (run.Verdict is Verdict.Invalid or Verdict.Failed) reasons.Add(run.Remarks is [var first, ..] ? first : Reports.ReportText.Meaning(run.Verdict));
        if (run.Verdict is not Verdict.Invalid)
        {
            reasons.AddRange(figures.Where(f => !f.Holds).Select(f => $"{f.Figure} is {f.Value}"));
            if (share < LeastShare) reasons.Add($"{Reports.Quantity.Percent(share.Value)} of what was due came back: the backlog grows");
            if (run.Scenario.Flows.All(f => f.Kind is not FlowKind.Churn) && run.Total.ConnectionsOpen < wanted) reasons.Add($"{run.Total.ConnectionsOpen} of {Reports.Quantity.Of(wanted, "connection")} were open at the end");
        }

        return new SearchProbe
        {
            Value = step.Value,
            Phase = step.Phase,
            Confirmation = step.Confirmation,
            IsAgain = step.IsAgain,
            Outcome = run.Verdict is Verdict.Invalid ? ProbeOutcome.Invalid : reasons.Count > 0 ? ProbeOutcome.Broke : ProbeOutcome.Held,
            Reasons = [.. reasons.Select(r => r.TrimEnd('.'))],
            Figures = figures,
            MessagesPerSecond = run.Total.MessagesPerSecond,
            ShareOfDue = share,
            Latency = run.Total.Latency with { Histogram = "" },
        };
    }

    private static ObjectiveFigure Figure(Threshold condition, RunResult run)
    {
        var (measured, text, isCrossed) = condition.Measure(run);
        return new ObjectiveFigure(condition.Condition, condition.Figure.Name, measured, text, !isCrossed);
    }

    // What the clock had to send while it counted: so a window that ends some milliseconds late makes no difference.
    private static double? ShareOfDue(RunResult run)
    {
        var due = run.Generator.SendLag.Count + run.Generator.Skipped;
        return due > 0 && run.Scenario.Flows.Any(f => f.Kind is FlowKind.Open) ? (double)run.Total.Messages / due : null;
    }
}
