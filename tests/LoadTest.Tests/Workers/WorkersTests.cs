using System.Collections.Concurrent;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Tests.Load;
using OrleansEcho.LoadTest.Workers;

namespace OrleansEcho.LoadTest.Tests.Workers;

/// <summary>A conductor and workers with their real engines, in one process.</summary>
[Collection(Alone.Name)]
public sealed class WorkersTests : IAsyncLifetime
{
    private const int Size = 40;

    private readonly SessionInMemory _session = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _lines = [];
    private Task[] _workers = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers);
        _stop.Dispose();
    }

    [Fact]
    public async Task WorkersDoTogetherWhatOneWouldDo_AndFindEachLie_ThoughTheSessionIsLostMeanwhile()
    {
        await using var first =
            new LyingServer(Size, number => number % 500 is 100 ? Lie.Drop : number % 500 is 300 ? Lie.Corrupt : Lie.None);
        await using var second = new LyingServer(Size);
        StartWorkers("a 1", "a 2", "b 1");
        var seconds = new List<IntervalFigures>();
        var result = await RunAsync(3, Scenario(4000, 3, first, second), new Watcher(second =>
        {
            seconds.Add(second);
            _session.Forget();
        }));

        Assert.Equal(Verdict.Failed, result.Verdict);
        Assert.Equal(new IntegrityFigures(first.Told(Lie.Drop), 0, 0, first.Told(Lie.Corrupt), 0, 0), result.Total.Integrity);
        Assert.True(first.Told(Lie.Drop) > 5);
        Assert.Equal(3, result.Generator.Workers);
        Assert.Equal(9, result.Total.ConnectionsOpen);
        Assert.DoesNotContain(result.Remarks, r => r.Contains("lost after", StringComparison.Ordinal));

        // All messages of the schedule, each once: of a tenth of a second of warm-up, and of three that count.
        Assert.Equal(12_400, first.Messages + second.Messages + result.Generator.Skipped + result.Generator.Untried);
        Assert.InRange(seconds.Count, 3, 4);
        Assert.Equal(result.Intervals.Sum(i => i.Messages), result.Total.Messages);
        Assert.Equal(result.Targets.Sum(t => t.Figures.Latency.Count), result.Total.Latency.Count);
        Assert.Equal(4000, result.Intervals[1].IntendedRate);
    }

    [Fact]
    public async Task AWorkerThatIsLostIsNoticed_AndTheResultMarked()
    {
        await using var server = new LyingServer(Size);
        StartWorkers("a 1", "a 2");
        var result = await RunAsync(
            2, Scenario(1000, 4, server), new Watcher(_ => _session.CutOff(name => name is "a 2")), TimeSpan.FromSeconds(1.5));

        Assert.Equal(Verdict.Invalid, result.Verdict);
        Assert.Contains(result.Remarks, r => r.StartsWith("Worker a 2 was lost after ", StringComparison.Ordinal));
        // Half of the load to its end, and the other half to about its first second.
        Assert.InRange(result.Total.Latency.Count, 2_400, 3_600);
        Assert.InRange(result.Seconds, 3, 5); // a busy machine notices late that the warm-up is over
    }

    [Fact]
    public async Task AWorkerThatCannotBeginEndsTheRun_WithItsReason()
    {
        int port;
        await using (var server = new LyingServer(Size)) port = server.Port;
        StartWorkers("a 1", "a 2");
        var fault = await Assert.ThrowsAsync<CannotRunException>(() => RunAsync(2, Scenario(1000, 1, port), new Watcher(_ => { })));

        Assert.StartsWith("Worker a ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("nobody listens there", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkersTakePartInOneRunAfterAnother_AndTwoRunsAreNotMixed()
    {
        await using var server = new LyingServer(Size);
        StartWorkers("a 1", "a 2");
        var busy = "";
        var first = await RunAsync(2, Scenario(1000, 1, server), new Watcher(_ => busy = Assert.Throws<CannotRunException>(
            () => RunAsync(2, Scenario(1000, 1, server), new Watcher(_ => { })).GetAwaiter().GetResult()).Message));
        var second = await RunAsync(2, Scenario(1000, 1, server), new Watcher(_ => { }));

        Assert.Contains("Another run has this session", busy, StringComparison.Ordinal);
        Assert.Equal(2 * 1_100, server.Messages + first.Generator.Skipped + first.Generator.Untried + second.Generator.Skipped + second.Generator.Untried);
        Assert.Equal(4, _lines.Count(line => line is "The run is over, and reported."));
    }

    [Fact]
    public async Task AnInterruptedRunKeepsWhatItsWorkersHave()
    {
        await using var server = new LyingServer(Size);
        StartWorkers("a 1", "a 2");
        using var interrupt = new CancellationTokenSource();
        var result = await new LoadConductor(_session, 2, TimeProvider.System)
            .RunAsync(Scenario(1000, 600, server), new Watcher(_ => interrupt.Cancel()), interrupt.Token).WithinAsync("the run's end");

        Assert.Equal(Verdict.Interrupted, result.Verdict);
        Assert.True(result.Total.Messages > 500, $"{result.Total.Messages}");
    }

    [Fact]
    public async Task FewerConnectionsThanWorkersAreRefused()
    {
        var fault = await Assert.ThrowsAsync<CannotRunException>(() => RunAsync(10, Scenario(1000, 1, 1), new Watcher(_ => { })));
        Assert.Equal("10 workers need 10 connections at least; give more, or take fewer workers.", fault.Message);
    }

    private static LoadScenario Scenario(int rate, int seconds, params LyingServer[] servers) =>
        Scenario(rate, seconds, [.. servers.Select(s => s.Port)]);

    private static LoadScenario Scenario(int rate, int seconds, params int[] ports) => new()
    {
        Name = "test",
        Targets = [.. ports.Select(port => new LoadTarget("127.0.0.1", port, "line"))],
        Stages = [new LoadStage(TimeSpan.FromSeconds(seconds), 9, rate)],
        Flows = [new LoadFlow { Kind = FlowKind.Open, Sizes = SizeDistribution.Fixed(Size) }],
        Warmup = TimeSpan.FromMilliseconds(100),
        Reconnects = false,
    };

    private void StartWorkers(params string[] names) =>
        _workers = [.. names.Select(name => new LoadWorker(_session, name, new LoadEngine(TimeProvider.System), TimeProvider.System,
            _lines.Enqueue) { Patience = TimeSpan.FromSeconds(3) }.RunAsync(isOnce: false, _stop.Token))];

    private Task<RunResult> RunAsync(int workers, LoadScenario scenario, ILoadObserver observer, TimeSpan? patience = null) =>
        new LoadConductor(_session, workers, TimeProvider.System) { WorkerPatience = patience ?? TimeSpan.FromSeconds(10) }
            .RunAsync(scenario, observer, TestContext.Current.CancellationToken).WithinAsync("the run's end");
}
