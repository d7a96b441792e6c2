using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>Two silos that find each other through Redis, and a gateway that knows both.</summary>
public sealed class SeveralSilosTests : ProcessTest
{
    // Enough that each silo has some of their grains.
    private const int Connections = 40;

    // Less than Orleans' own probes, of five seconds, need to miss three.
    private static readonly TimeSpan FrozenIsDead = Deadline.Promised(5);
    private static readonly TimeSpan KilledIsDead = Deadline.Promised(4.5);

    // Four and a half seconds of probes, and five until it reads the list.
    private static readonly TimeSpan HearsOfItsDeath = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task ConnectionsGoOn_WhenOneOfTwoSilosIsKilled()
    {
        var redis = await OwnAsync(RedisServer.StartNewAsync());
        var (one, other) = (await StartSiloAsync(redis), await StartSiloAsync(redis));
        var gateway = new GatewayNode(NodePlace.Here, Own, [one, other]);
        await gateway.StartAsync();
        await gateway.Process.Output.WaitForAsync("Reached a silo");
        var peers = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Peer.ConnectAsync(gateway.Line)));
        try
        {
            await Task.WhenAll(peers.Select(peer => peer.EchoLineAsync("before")));
            foreach (var silo in (SiloNode[])[one, other])
            {
                Assert.NotEqual(0, await silo.MetricAsync("orleans_catalog_activation_created_total", "grain_type=\"connection\""));
            }

            one.Process.Send(Signal.Kill);
            await Task.WhenAll(peers.Select(peer => peer.EchoLineAsync("without it")));
            using var next = await Peer.ConnectAsync(gateway.Line);
            await next.EchoLineAsync("new");
            foreach (var peer in (Peer[])[.. peers, next])
            {
                peer.Finish();
                Assert.Empty(await peer.ReceiveAllAsync());
            }
        }
        finally
        {
            foreach (var peer in peers) peer.Dispose();
        }
    }

    [Fact]
    public async Task FrozenSilo_IsGivenUp_InSeconds()
    {
        var redis = await OwnAsync(RedisServer.StartNewAsync());
        string[] impatient = [.. SiloNode.TellOfMembers, "--Silo:JoinPatienceSeconds=0"];
        var (one, other) = (await StartSiloAsync(redis, impatient), await StartSiloAsync(redis, impatient));
        await other.Process.Output.WaitForAsync("Will watch (actively ping) 1 silos");
        await one.Process.FreezeAsync();
        await other.Process.Output.WaitForAsync("Evicting ", FrozenIsDead);
    }

    [Fact]
    public async Task SiloThatHasJustJoined_MayStandStillForAWhile_AndIsDeclaredDeadAtOnce_WhenItIsGone()
    {
        // 1. It stands still for longer than others may, and goes on: as one does that is being compiled on a busy machine.
        var redis = await OwnAsync(RedisServer.StartNewAsync());
        var (one, young) = (await StartSiloAsync(redis, SiloNode.TellOfMembers), await StartSiloAsync(redis));
        await one.Process.Output.WaitForAsync("Will watch (actively ping) 1 silos");
        await young.Process.FreezeAsync();
        await one.Process.Output.WaitForAsync(
            "misses probes. It or this silo has just joined, and it takes connections: it is given 20 s (Silo:JoinPatienceSeconds).");
        young.Process.Send(Signal.Continue);
        await Task.Delay(HearsOfItsDeath, TimeProvider.System, Cancelled);
        Assert.True(await one.IsReadyAsync() && await young.IsReadyAsync());

        // 2. It crashes.
        await young.KillAsync();
        await one.Process.Output.WaitForAsync("has been declared dead", KilledIsDead);
    }

    private SiloNode NewSilo(RedisServer redis, params string[] arguments) =>
        new(NodePlace.Here, Own, ["--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}", .. arguments]);

    private async Task<SiloNode> StartSiloAsync(RedisServer redis, params string[] arguments)
    {
        var silo = NewSilo(redis, arguments);
        await silo.StartAsync();
        return silo;
    }
}
