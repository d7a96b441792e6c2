using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using static OrleansEcho.LoadTest.Tests.Load.EngineRuns;

namespace OrleansEcho.LoadTest.Tests.Load;

[Collection(Alone.Name)]
public sealed class LoadEngineTests
{
    public static TheoryData<string> Framings => ["line", "length-prefixed", "raw"];

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task AnHonestServerIsFoundHonest(string framing)
    {
        await using var server = new LyingServer(Size);
        var result = await RunAsync(Scenario(server, framing));

        Assert.NotEqual(Verdict.Failed, result.Verdict); // the server is in this process, so that it seems busy at times
        Assert.Equal(new IntegrityFigures(0, 0, 0, 0, 0, 0), result.Total.Integrity);
        Assert.Empty(result.Total.Errors);
        Assert.True(result.Total.Messages > 1000, $"{result.Total.Messages}");
        Assert.Equal(result.Total.Messages * Size, result.Total.Bytes);
        Assert.InRange(result.Total.Latency.Count, result.Total.Messages, result.Total.Messages + 100); // those of the drain, too
        Assert.Equal(8, result.Total.ConnectionsOpen);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task EachLieIsFoundAndCountedExactly(string framing)
    {
        await using var server = new LyingServer(Size, number => (number % 1000) switch
        {
            100 => Lie.Drop,
            300 => Lie.Double,
            500 => Lie.Swap,
            700 => Lie.Corrupt,
            _ => Lie.None,
        });
        var result = await RunAsync(Scenario(server, framing));

        Assert.True(server.Told(Lie.Corrupt) > 0);
        Assert.Equal(
            new IntegrityFigures(server.Told(Lie.Drop), server.Told(Lie.Double), server.Told(Lie.Swap), server.Told(Lie.Corrupt), 0, 0),
            result.Total.Integrity);
        Assert.Equal(Verdict.Failed, result.Verdict);
        Assert.Empty(result.Total.Errors);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task AnothersMessageIsForeign(string framing)
    {
        // The first connection's message is kept, and sent to the others.
        await using var server = new LyingServer(Size, number => number % 500 is 0 ? Lie.Foreign : Lie.None);
        var result = await RunAsync(Scenario(server, framing));

        // Its own it gets as well, and that is one that it has had.
        Assert.True(result.Total.Integrity.Foreign > 0);
        Assert.Equal(server.Told(Lie.Foreign) - 1, result.Total.Integrity.Foreign + result.Total.Integrity.Doubled);
        Assert.Equal(0, result.Total.Integrity.Lost + result.Total.Integrity.Corrupted + result.Total.Integrity.Reordered);
    }

    [Fact]
    public Task ADelayIsSeenAsOftenAsItWas() => Attempts.RunAsync(async () =>
    {
        // Not at first: what is sent while connections are opened does not count.
        var counts = false;
        // Longer than a busy machine is late.
        await using var server = new LyingServer(
            Size, number => Volatile.Read(ref counts) && number % 200 is 0 ? Lie.Delay : Lie.None, delay: TimeSpan.FromSeconds(1));
        var result = await RunAsync(
            Scenario(server, "line") with { Flows = [Flow with { Depth = 1 }], Warmup = TimeSpan.Zero },
            new Watcher(progress: now => Volatile.Write(ref counts, now.Phase is LoadPhase.Measuring)));

        var late = Histograms.Decode(result.Total.Latency.Histogram)
            .RecordedValues().Where(v => v.ValueIteratedTo >= 990_000_000).Sum(v => v.CountAddedInThisIterationStep);
        Assert.True(server.Told(Lie.Delay) > 0);
        Assert.Equal(server.Told(Lie.Delay), late);
        Assert.Equal(0, result.Total.Integrity.Faults);
    });

    [Fact]
    public Task AStallIsInTheLatencyOfAllThatShouldHaveBeenSentMeanwhile() => Attempts.RunAsync(async () =>
    {
        await using var server = new LyingServer(Size);
        var scenario = Scenario(server, "line") with
        {
            Stages = [new LoadStage(TimeSpan.FromSeconds(6), 8, 1000)],
            Flows = [Flow with { Kind = FlowKind.Open }],
            Warmup = TimeSpan.Zero,
        };
        var run = RunAsync(scenario);
        await server.First;
        server.Stall(TimeSpan.FromSeconds(2));
        var result = await run;

        // Of 6 s, 2 s stood still: a message that was due at the beginning of the stall waits for 2 s, one at its end not at all. So
        // (2 s - x) / 6 s of all wait for longer than x, of which the p75 is 0.5 s, the p90 1.4 s and the p99 1.94 s, and each as
        // much more as it stood still for longer.
        var more = server.StoodStill.TotalSeconds - 2;
        Assert.Equal((0, 6000), (result.Total.Integrity.Faults, result.Total.Latency.Count));
        Assert.InRange(result.Total.Latency.P75 / 1e6, 0.4 + more, 0.7 + more);
        Assert.InRange(result.Total.Latency.P90 / 1e6, 1.3 + more, 1.6 + more);
        Assert.InRange(result.Total.Latency.P99 / 1e6, 1.84 + more, 2.14 + more);
        Assert.True(result.Total.Latency.P50 < 100_000, $"{result.Total.Latency.P50} µs");
    });

    [Fact]
    public async Task RefusalsAreErrorsByClass_AndTheirReasonsAreKept()
    {
        await using var server = new LyingServer(Size, refuse: number =>
            number % 3 is 0 ? "-ERR QuotaExceeded The cluster is full.\n" : number % 7 is 0 ? "-ERR Draining It stops.\n" : null);
        var result = await RunAsync(
            Scenario(server, "line") with { Flows = [Flow with { Kind = FlowKind.Churn, EchoesPerConnection = 3, Depth = 1 }] });

        Assert.Equal(server.Refused, result.Total.Errors[ErrorClass.Quota] + result.Total.Errors[ErrorClass.Refused]);
        Assert.Equal(result.Total.Errors[ErrorClass.Quota], result.Total.Refusals["QuotaExceeded"]);
        Assert.Equal(result.Total.Errors[ErrorClass.Refused], result.Total.Refusals["Draining"]);
        Assert.Equal(2, result.Total.Errors.Count);
        Assert.True(result.Total.ConnectionsOpened > 100);
        Assert.Equal(0, result.Total.Integrity.Faults);
    }

    [Fact]
    public async Task AResetIsAnError_AndItsMessagesAreUnansweredAndNotLost()
    {
        await using var server = new LyingServer(Size, number => number % 1000 is 0 ? Lie.Reset : Lie.None);
        var result = await RunAsync(Scenario(server, "line"));

        Assert.Equal(server.Told(Lie.Reset), result.Total.Errors[ErrorClass.Reset]);
        Assert.True(result.Total.Integrity.Unanswered >= server.Told(Lie.Reset));
        Assert.Equal(0, result.Total.Integrity.Faults);
    }

    [Fact]
    public async Task ASilentServerIsGivenUp()
    {
        await using var server = new LyingServer(Size);
        var run = RunAsync(Scenario(server, "line") with { Timeout = TimeSpan.FromMilliseconds(500), Reconnects = false });
        await server.First;
        server.Stall(TimeSpan.FromSeconds(30));
        var result = await run;

        Assert.Equal(8, result.Total.Errors[ErrorClass.Timeout]);
        Assert.Equal(0, result.Total.ConnectionsOpen);
        Assert.Equal(0, result.Total.Integrity.Faults);
    }

    [Fact]
    public async Task WhereNobodyListensNothingIsRun()
    {
        int port;
        await using (var server = new LyingServer(Size)) port = server.Port;
        var fault = await Assert.ThrowsAsync<CannotRunException>(() => RunAsync(Scenario(port, "line") with { Reconnects = false }));
        Assert.Contains("nobody listens there", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARunThatIsInterruptedKeepsWhatItHas()
    {
        await using var server = new LyingServer(Size);
        using var interrupt = new CancellationTokenSource();
        var run = new LoadEngine(TimeProvider.System).RunAsync(Scenario(server, "line") with
        {
            Stages = [new LoadStage(TimeSpan.FromMinutes(10), 8)],
            Warmup = TimeSpan.Zero,
        }, new Watcher(_ => interrupt.Cancel()), interrupt.Token);
        var result = await run.WithinAsync("the run's end");

        Assert.Equal(Verdict.Interrupted, result.Verdict);
        Assert.True(result.Total.Messages > 0);
        Assert.NotEmpty(result.Intervals);
    }
}
