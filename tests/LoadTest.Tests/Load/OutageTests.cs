using CsCheck;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Load.Messages;
using OrleansEcho.LoadTest.Load.Wire;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using static OrleansEcho.LoadTest.Tests.Load.EngineRuns;

namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>What does not come back is in the figures: a target that dies makes a run fail, and its latency long.</summary>
[Collection(Alone.Name)]
public sealed class OutageTests
{
    private const int Seconds = 3;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task ATargetThatDies_FailsTheRun_AndWhatWasDueAgesToItsEnd(bool isAllowed) => Attempts.RunAsync(async () =>
    {
        var result = await RunUntilDeadAsync(Flow with { Kind = FlowKind.Open, Depth = 1 }, rate: 200, isAllowed);

        // All 600 are in the distribution, each once. Two thirds of the run it is dead: whoever was due then has waited from then on.
        Assert.Equal(200 * Seconds, result.Total.Latency.Count);
        Assert.True(result.Total.Messages < 400, $"{result.Total.Messages}");
        Assert.True(result.Generator.Skipped > 200, $"{result.Generator.Skipped}");
        Assert.InRange(result.Total.Latency.Max / 1e6, 1, Seconds + 30);
        Assert.True(result.Total.Latency.P75 > 500_000, $"{result.Total.Latency.P75} µs");
        Assert.Equal(isAllowed, result.Verdict is not Verdict.Failed);
        Assert.Equal(isAllowed, !result.Remarks[0].Contains("messages could not be sent. Where that may be, --allow-errors says so", StringComparison.Ordinal));
    });

    [Fact]
    public Task AClosedLoopsLastMessages_WaitToTheEnd() => Attempts.RunAsync(async () =>
    {
        var result = await RunUntilDeadAsync(Flow with { Depth = 1 }, rate: null, isAllowed: false);
        var waited = Histograms.Decode(result.Total.Latency.Histogram).RecordedValues().Where(v => v.ValueIteratedTo > 1_000_000_000).Sum(v => v.CountAddedInThisIterationStep);

        Assert.Equal(Verdict.Failed, result.Verdict);
        Assert.InRange(waited, 1, 8); // one on each connection, if it was not back just then
        Assert.Equal(result.Total.Integrity.Unanswered, waited);
        Assert.True(result.Total.ServiceTime.Max > 1_000_000, $"{result.Total.ServiceTime.Max} µs");
    });

    [Theory]
    [InlineData(FlowKind.Burst, 3 * 8)] // at 0, 200 and 400 ms of half a second
    [InlineData(FlowKind.Hold, 2 + 2)] // those that were refused have two turns each of a trickle, and the message at their beginning
    public async Task EachConnectionThatBroke_MissesItsOwnMessages(FlowKind kind, int each)
    {
        await using var server = new LyingServer(EngineRuns.Size, refuse: number => number % 5 is 1 or 3 ? "-ERR Draining It stops.\n" : null);
        var result = await RunAsync(Scenario(server, "line") with
        {
            Stages = [new LoadStage(TimeSpan.FromMilliseconds(500), 5)],
            Flows = [Flow with { Kind = kind, Depth = kind is FlowKind.Burst ? 8 : 1, BurstInterval = TimeSpan.FromMilliseconds(200), TrickleInterval = TimeSpan.FromMilliseconds(200) }],
            Warmup = TimeSpan.Zero,
            Reconnects = false,
        });

        var lacking = result.Generator.Skipped + result.Total.Integrity.Unanswered;
        if (kind is FlowKind.Burst) Assert.Equal(2 * each, lacking);
        else Assert.InRange(lacking, 2 * 2, 2 * each);
        Assert.Equal(2, result.Total.Errors[ErrorClass.Refused]);
        Assert.Equal(Verdict.Failed, result.Verdict);
    }

    // A clock that never came to it, as on a machine that stands still: what was due is known all the same, and belongs to one share each.
    [Fact]
    public void WhatAClockNeverCameTo_IsKnown_ToTheMessage() =>
        Gen.Select(Gen.Double[0, 5000], Gen.Double[0, 5000], Gen.Int[1, 4], Gen.Int[0, 50], Gen.Double[0, 1.2]).Sample((from, to, shares, tried, end) =>
        {
            var schedule = new LoadSchedule([new LoadStage(TimeSpan.FromSeconds(0.5), 1, from), new LoadStage(TimeSpan.FromSeconds(0.5), 1, to)]);
            var until = (long)(Math.Min(1, end) * 1e9);
            var known = Enumerable.Range(0, shares).Sum(index =>
            {
                var (run, shard) = (new RunContext(new MessageText(1, EngineRuns.Size), TimeProvider.System), new LoadShard());
                var behaviour = new LoadBehaviour(Flow, schedule, static () => 0, thinking: null, [EngineRuns.Size], EngineRuns.Size, seed: 1);
                var source = new RateSource(schedule, new LoadShare(index, shares), [new LoadConnection(run, WireFraming.Of("line"), behaviour, shard, static _ => { })]);
                for (var i = 0; i < tried && source.NextAt <= until; i++) source.TrySend(source.NextAt); // skips as well: there is no connection
                source.LeaveUntil(until, at => at);
                return shard.Counts.Skipped + shard.Counts.Untried;
            });
            Assert.Equal(schedule.Due(until), known);
        });

    private static async Task<RunResult> RunUntilDeadAsync(LoadFlow flow, double? rate, bool isAllowed)
    {
        var server = new LyingServer(EngineRuns.Size);
        var run = RunAsync(Scenario(server, "line") with
        {
            Stages = [new LoadStage(TimeSpan.FromSeconds(Seconds), 8, rate)],
            Flows = [flow],
            Warmup = TimeSpan.Zero,
            AllowsErrors = isAllowed,
            AllowsUnanswered = isAllowed,
            AllowsUnsent = isAllowed,
        }, new Watcher(second => { if (second.At is 0) _ = server.DisposeAsync().AsTask(); }));
        return await run;
    }
}
