using System.Net;
using CsCheck;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Load.Messages;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>What is due by the clock is sent by somebody, and in its turn.</summary>
public sealed class LoadClockTests
{
    [Fact]
    public async Task ASourceThatNeverCatchesUp_DoesNotKeepAnotherFromItsTurn()
    {
        var run = new RunContext(new MessageText(1, 40), TimeProvider.System);
        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clock = new LoadClock(run, [new Behind(), new Other(() => served.TrySetResult())], []);
        var ended = clock.RunAsync(run.Now - 1_000_000_000);
        await served.Task.WithinAsync("the other source's turn");
        run.StopSending();
        await ended;
    }

    // Workers' shares of a flow that has fewer connections than there are workers: whoever has none sends nothing, and nothing is left out.
    [Fact]
    public void WorkersOfferTogetherWhatTheScenarioSays_HoweverFewConnectionsAFlowHas() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 8], Gen.Int[1, 8], Gen.Double[0.1, 10], Gen.Int[1, 3])
            .Sample((workers, first, last, weight, targets) =>
        {
            var flow = new LoadFlow { Kind = FlowKind.Open, Sizes = SizeDistribution.Fixed(40) };
            var scenario = EngineRuns.Scenario(1, "line") with
            {
                Targets = [.. Enumerable.Range(1, targets).Select(port => new LoadTarget("127.0.0.1", port, "line"))],
                Stages = [new LoadStage(TimeSpan.FromSeconds(1), first, 500), new LoadStage(TimeSpan.FromSeconds(1), last, 1500)],
                Flows = [flow, flow with { Weight = weight }],
                Warmup = TimeSpan.Zero,
            };
            TargetConnector[] connectors = [.. scenario.Targets.Select(t => TargetConnector.Of(t, [IPAddress.Loopback], scenario))];
            var offered = Enumerable.Range(0, workers).Sum(worker =>
            {
                var plan = new LoadPlan(scenario, new LoadShare(worker, workers), connectors,
                    new RunContext(new MessageText(1, 40), TimeProvider.System), () => 0, (_, _) => { });
                plan.Clock.LeaveUntil(0, plan.Schedule.Duration);
                foreach (var target in plan.Targets) target.Take();
                return plan.Targets.Sum(t => t.Always.Untried);
            });

            // With one connection there is one of the two flows, and the other's part has nobody.
            var parts = Math.Max(first, last) > 1 ? [1 / (1 + weight), weight / (1 + weight)] : (double[])[1 / (1 + weight)];
            Assert.Equal(parts.Sum(part => new LoadSchedule(scenario.Stages, default, part).Total), offered);
        });

    [Fact]
    public async Task ATimeOutIsKept_ThoughOtherEchoesFlow()
    {
        // A message each 40 ms comes back, and one each 20 ms is sent: each waits for longer than the one before.
        await using var server = new LyingServer(40, _ => Lie.Delay, delay: TimeSpan.FromMilliseconds(40));
        var result = await EngineRuns.RunAsync(EngineRuns.Scenario(server, "line") with
        {
            Stages = [new LoadStage(TimeSpan.FromSeconds(3), 1, 50)],
            Flows = [new LoadFlow { Kind = FlowKind.Open, Sizes = SizeDistribution.Fixed(40) }],
            Warmup = TimeSpan.Zero,
            // Two seconds after the beginning; a machine that stands still for half of one breaks nothing.
            Timeout = TimeSpan.FromSeconds(1),
            Reconnects = false,
        });
        Assert.Equal(1, result.Total.Errors[LoadTest.Results.ErrorClass.Timeout]);
        Assert.True(result.Total.Echoes > 0, $"{result.Total.Echoes}");
    }

    // Always due.
    private sealed class Behind : LoadClock.Source
    {
        private long _next;

        public override long NextAt => _next;

        public override int TrySend(long due)
        {
            _next += 1; // a nanosecond: a second that is over is a billion of them
            return 1;
        }

        public override void LeaveUntil(long end, Func<long, long> timestamp) => _next = end;
    }

    private sealed class Other(Action served) : LoadClock.Source
    {
        public override long NextAt => 1000;

        public override int TrySend(long due)
        {
            served();
            return 1;
        }

        public override void LeaveUntil(long end, Func<long, long> timestamp)
        {
        }
    }
}
