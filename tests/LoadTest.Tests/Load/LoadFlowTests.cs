using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using static OrleansEcho.LoadTest.Tests.Load.EngineRuns;

namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>Each kind of connection sends as many messages as it says, and no more.</summary>
[Collection(Alone.Name)]
public sealed class LoadFlowTests
{
    private static readonly IntegrityFigures Sound = new(0, 0, 0, 0, 0, 0);

    [Fact]
    public async Task ABurstIsOfAllConnectionsAtOnce()
    {
        var flow = Flow with { Kind = FlowKind.Burst, Depth = 8, BurstInterval = TimeSpan.FromMilliseconds(200) };
        var (server, result) = await RunAsync(flow, connections: 5);

        // At 0, 200 and 400 ms of half a second.
        Assert.Equal(3 * 5 * 8, server.Messages);
        Assert.Equal((3 * 5 * 8, Sound), (result.Total.Latency.Count, result.Total.Integrity));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(200, 12)] // 5 connections share 200 ms evenly: one every 40 ms, from 40 to 480 ms
    public async Task AHeldConnectionSendsAtItsBeginningAndItsEnd_AndATrickleBetween(int trickle, int between)
    {
        var (server, result) = await RunAsync(Flow with { Kind = FlowKind.Hold, TrickleInterval = TimeSpan.FromMilliseconds(trickle) }, connections: 5);

        // The first ones come before anything counts, as connections are opened before that; but on a busy machine some are echoed while it counts.
        Assert.Equal(5 + between + 5, server.Messages);
        Assert.InRange(result.Total.Latency.Count, between + 5, 5 + between + 5);
        Assert.Equal(Sound, result.Total.Integrity);
        Assert.Equal(5, result.Total.ConnectionsOpen);
        Assert.NotEqual(Verdict.Failed, result.Verdict); // though none came back while it counted
    }

    [Fact]
    public async Task WhoThinksSendsNoSooner()
    {
        var (server, result) = await RunAsync(Flow with { Depth = 2, ThinkTime = TimeSpan.FromMilliseconds(50) }, connections: 4);

        // Two at once, and two more each time that 50 ms are over; a busy machine makes it fewer.
        Assert.InRange(server.Messages, 4 * 2 * 2, 4 * 2 * 11);
        Assert.Equal(Sound, result.Total.Integrity);
    }

    [Fact]
    public async Task PartsOfAMixShareConnectionsAndRateByWeight_FromAllSourcesInTurn()
    {
        await using var server = new LyingServer(Size);
        var large = SizeDistribution.Fixed(3 * Size);
        var result = await EngineRuns.RunAsync(Scenario(server, "line") with
        {
            Stages = [new LoadStage(TimeSpan.FromMilliseconds(500), 12, 800)],
            Flows = [Flow with { Kind = FlowKind.Open, Weight = 6, Depth = 1 }, Flow with { Kind = FlowKind.Open, Weight = 2, Depth = 1, Sizes = large }, Flow with { Kind = FlowKind.Hold, Weight = 4 }],
            Sources = ["127.0.0.2", "127.0.0.3", "127.0.0.4"],
            Warmup = TimeSpan.Zero,
        });

        // 400 by the rate: 300 small ones and 100 large ones. A third of the connections is held: two messages each, the first of them
        // before anything counts, unless the machine is busy.
        Assert.Equal(300 + (100 * 3) + (4 * 2), server.Messages);
        Assert.InRange(result.Total.Latency.Count, 400 + 4, 400 + (4 * 2));
        Assert.Equal(Sound, result.Total.Integrity);
        Assert.Equal(12, result.Total.ConnectionsOpen);
        Assert.Equal([("127.0.0.2", 4), ("127.0.0.3", 4), ("127.0.0.4", 4)], server.Peers.CountBy(p => $"{p}").OrderBy(p => p.Key).Select(p => (p.Key, p.Value)));
    }

    [Fact]
    public async Task ConnectionsComeAndGoInAStraightLine()
    {
        await using var server = new LyingServer(Size);
        var open = new List<int>();
        var second = TimeSpan.FromSeconds(1);
        var result = await EngineRuns.RunAsync(
            Scenario(server, "line") with { Warmup = TimeSpan.Zero, Stages = [new LoadStage(second / 4, 2, IsStep: true), new LoadStage(second, 30), new LoadStage(second, 3), new LoadStage(second / 4, 3)] },
            new Watcher(progress: now => open.Add(now.ConnectionsOpen)));

        var peak = open.LastIndexOf(open.Max());
        Assert.Contains(open[..peak], count => count is > 2 and < 30);
        Assert.Contains(open[peak..], count => count is > 3 and < 30);
        Assert.InRange(server.MostOpen, 15, 30); // a busy machine may not look at the very moment of the peak
        Assert.InRange(server.Accepted, server.MostOpen, 30); // none is opened twice; the server may hear of one's end before the last one's beginning
        Assert.Equal(3, result.Total.ConnectionsOpen);
        Assert.Equal(Sound, result.Total.Integrity);
        Assert.Empty(result.Total.Errors);
    }

    [Fact]
    public async Task TheDrainWaitsForEchoes_AndWhatIsNotThereThenIsLost()
    {
        await using var late = new LyingServer(Size);
        await using var silent = new LyingServer(Size);
        late.Stall(TimeSpan.FromSeconds(1));
        silent.Stall(TimeSpan.FromMinutes(1));
        LoadScenario Of(LyingServer server, double drain) => Scenario(server, "line") with
        {
            Stages = [new LoadStage(TimeSpan.FromMilliseconds(400), 4, 100)],
            Flows = [Flow with { Kind = FlowKind.Open, Depth = 1 }],
            Warmup = TimeSpan.Zero,
            Drain = TimeSpan.FromSeconds(drain),
        };
        var results = await Task.WhenAll(EngineRuns.RunAsync(Of(late, 20)), EngineRuns.RunAsync(Of(silent, 0.2)));

        Assert.Equal((40, Sound), (results[0].Total.Latency.Count, results[0].Total.Integrity));
        Assert.Equal((40, Sound with { Lost = 40 }), (results[1].Total.Latency.Count, results[1].Total.Integrity)); // with the age that they had
        Assert.True(results[1].Total.Latency.Min > 190_000, $"{results[1].Total.Latency.Min} µs");
        Assert.Equal(Verdict.Failed, results[1].Verdict);
    }

    private static async Task<(LyingServer Server, RunResult Result)> RunAsync(LoadFlow flow, int connections)
    {
        await using var server = new LyingServer(Size);
        var stages = new[] { new LoadStage(TimeSpan.FromMilliseconds(500), connections) };
        return (server, await EngineRuns.RunAsync(Scenario(server, "line") with { Stages = stages, Flows = [flow], Warmup = TimeSpan.Zero }));
    }
}
