using OrleansEcho.LoadTest.Commands;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Tests.Load;

namespace OrleansEcho.LoadTest.Tests.Commands;

/// <summary>An engine, thresholds and a view that do as they are told, and remember what they were asked.</summary>
internal sealed class FakeParts : ILoadRunner, IThresholds, IRunViews, IRunView
{
    public Verdict Verdict { get; init; } = Verdict.Passed;

    public Dictionary<ErrorClass, long> Errors { get; init; } = [];

    public long Messages { get; init; } = 1000;

    /// <summary>Loads until it is interrupted.</summary>
    public bool IsEndless { get; init; }

    public string? Crossed { get; init; }

    public Exception? Exception { get; init; }

    /// <summary>Makes of a result what comes of a scenario.</summary>
    public Func<LoadScenario, RunResult, RunResult> Load { get; init; } = (_, result) => result;

    public TaskCompletionSource Running { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LoadScenario? Scenario { get; private set; }

    public IReadOnlyList<string> Conditions { get; private set; } = [];

    public RunViewKind Kind { get; private set; }

    public RunResult? Shown { get; private set; }

    public bool IsClosed { get; private set; }

    public async Task<RunResult> RunAsync(LoadScenario scenario, ILoadObserver observer, CancellationToken interrupt)
    {
        Scenario = scenario;
        if (Exception is not null) throw Exception;
        var result = Load(scenario, Result(scenario));
        observer.SecondOver(null!, result.Total);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = interrupt.Register(ended.SetResult);
        Running.TrySetResult();
        if (IsEndless) await ended.Task;
        return interrupt.IsCancellationRequested ? result with { Verdict = Verdict.Interrupted } : result;
    }

    public string? FaultOf(string condition, IReadOnlyList<string> targets) =>
        condition.Contains('?', StringComparison.Ordinal) ? $"'{condition}' is no condition; write one such as 'p99 > 50ms'" : null;

    public ILoadObserver Watch(IReadOnlyList<string> conditions, IReadOnlyList<string> targets, Action<string> onCrossed) =>
        new Watcher(_ =>
        {
            if (conditions.FirstOrDefault(c => c == Crossed) is { } crossed) onCrossed(crossed);
        });

    public RunResult Judge(RunResult result, IReadOnlyList<string> conditions)
    {
        Conditions = conditions;
        return conditions.Contains(Crossed) && result.Verdict is Verdict.Passed ? result with { Verdict = Verdict.Failed } : result;
    }

    public IRunView Open(LoadScenario scenario, RunViewKind kind, TextWriter output)
    {
        Kind = kind;
        return this;
    }

    public void Progress(LoadProgress progress)
    {
    }

    public void SecondOver(IntervalFigures interval, LoadFigures soFar)
    {
    }

    public void Finished(RunResult result) => Shown = result;

    public ValueTask DisposeAsync()
    {
        IsClosed = true;
        return ValueTask.CompletedTask;
    }

    private RunResult Result(LoadScenario scenario)
    {
        var none = new LatencyFigures
        {
            Count = 0,
            Min = 0,
            Mean = 0,
            StandardDeviation = 0,
            P50 = 0,
            P75 = 0,
            P90 = 0,
            P95 = 0,
            P99 = 0,
            P999 = 0,
            P9999 = 0,
            Max = 0,
        };
        return new()
        {
            Tool = "0",
            StartedAt = DateTimeOffset.UnixEpoch,
            Seconds = 1,
            Scenario = scenario,
            Machine = new("", 1, 0, "", ""),
            Verdict = Verdict,
            Remarks = [],
            Thresholds = [],
            Targets = [],
            Intervals = [],
            Generator = new(none, 0, 0, 0, 0),
            Total = new()
            {
                Messages = Messages,
                Bytes = 0,
                MessagesPerSecond = Messages,
                ConnectionsOpened = 0,
                ConnectionsPerSecond = 0,
                ConnectionsOpen = 0,
                Integrity = new(0, 0, 0, 0, 0, 0),
                Errors = Errors,
                Refusals = new Dictionary<string, long>(),
                Latency = none,
                ServiceTime = none,
                ConnectTime = none,
            },
        };
    }
}
