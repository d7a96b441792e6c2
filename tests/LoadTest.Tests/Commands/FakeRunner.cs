using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Tests.Results;

namespace OrleansEcho.LoadTest.Tests.Commands;

/// <summary>An engine that makes results up, a minute apart, and remembers what it was asked to run.</summary>
/// <param name="change">What becomes of a run: its number from 1, and a result of which nothing is wrong.</param>
internal sealed class FakeRunner(Func<int, RunResult, RunResult>? change = null) : ILoadRunner
{
    public List<LoadScenario> Scenarios { get; } = [];

    /// <summary>What a result begins with: all of them have these figures.</summary>
    public static RunResult Result(LoadScenario scenario, int minute = 0)
    {
        var sample = SampleRuns.Small();
        return sample with
        {
            Scenario = scenario,
            StartedAt = SampleRuns.Start.AddMinutes(minute),
            Verdict = Verdict.Passed,
            Thresholds = [],
            Total = sample.Total with { Integrity = new IntegrityFigures(0, 0, 0, 0, 0, 0) },
            Targets = [.. scenario.Targets.Select(t => new TargetFigures(t.Name, sample.Targets[0].Figures))],
            Intervals = [.. sample.Intervals.Select(i => i with { MessagesByTarget = [.. scenario.Targets.Select(_ => 2L)] })],
        };
    }

    /// <summary>A result to which a figure was changed.</summary>
    public static RunResult WithP50(RunResult result, double microseconds) => result with { Total = result.Total with { Latency = result.Total.Latency with { P50 = microseconds } } };

    public Task<RunResult> RunAsync(LoadScenario scenario, ILoadObserver observer, CancellationToken interrupt)
    {
        Scenarios.Add(scenario);
        var result = Result(scenario, Scenarios.Count);
        result = change?.Invoke(Scenarios.Count, result) ?? result;
        return Task.FromResult(interrupt.IsCancellationRequested ? result with { Verdict = Verdict.Interrupted } : result);
    }
}
