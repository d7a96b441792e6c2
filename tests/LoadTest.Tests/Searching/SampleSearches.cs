using OrleansEcho.LoadTest.Searching;
using OrleansEcho.LoadTest.Tests.Results;

namespace OrleansEcho.LoadTest.Tests.Searching;

/// <summary>Searches, made up.</summary>
internal static class SampleSearches
{
    /// <summary>A limit that the load tester nearly missed.</summary>
    public static SearchResult Found() => Of(
        SearchVerdict.Found,
        (4000, SearchPhase.Rising, ProbeOutcome.Held),
        (8000, SearchPhase.Rising, ProbeOutcome.Invalid),
        (8000, SearchPhase.Rising, ProbeOutcome.Invalid),
        (5700, SearchPhase.Narrowing, ProbeOutcome.Held),
        (6800, SearchPhase.Narrowing, ProbeOutcome.Held),
        (7400, SearchPhase.Narrowing, ProbeOutcome.Broke),
        (7400, SearchPhase.Narrowing, ProbeOutcome.Broke),
        (6800, SearchPhase.Confirming, ProbeOutcome.Held));

    /// <summary>A search that was stopped at once.</summary>
    public static SearchResult Nothing() => Of(SearchVerdict.Interrupted);

    private static SearchResult Of(SearchVerdict verdict, params (long Value, SearchPhase Phase, ProbeOutcome Outcome)[] probes)
    {
        var run = SampleRuns.Ramp(20, 1);
        var result = new SearchResult
        {
            Tool = run.Tool,
            StartedAt = run.StartedAt,
            Scenario = run.Scenario with { Name = "<open> & \"searched\"" },
            Machine = run.Machine,
            Of = SearchedValue.Rate,
            Objective = ["p99 < 20ms"],
            Range = new SearchRange(4000, 1_000_000, 62, 0.1, 1),
            Verdict = verdict,
            Value = probes.Length > 0 ? 6800 : null,
            Ceiling = probes.Length > 0 ? 7400 : null,
            Broken = probes.Length > 0 ? 7400 : null,
            Unconfirmed = [],
            Summary = "",
            Probes = [.. probes.Select((p, i) => new SearchProbe
            {
                Value = p.Value,
                Phase = p.Phase,
                Confirmation = p.Phase is SearchPhase.Confirming ? 1 : 0,
                IsAgain = i > 0 && probes[i - 1].Value == p.Value,
                Outcome = p.Outcome,
                Reasons = p.Outcome is ProbeOutcome.Held ? [] : ["p99 is <31> ms"],
                Figures = [new ObjectiveFigure("p99 < 20ms", "p99", 3000, "3ms", p.Outcome is not ProbeOutcome.Broke)],
                MessagesPerSecond = p.Value,
                ShareOfDue = 1,
                Latency = SampleRuns.Ramp(20, 1, seed: i, speed: 20_000.0 / (p.Value * p.Value)).Total.Latency with { Histogram = "" },
            })],
        };
        return result with { Summary = SearchText.Summary(result) };
    }
}
