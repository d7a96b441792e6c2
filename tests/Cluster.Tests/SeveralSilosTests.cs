using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>Two silos that find each other through Redis, and a gateway that knows both. How soon one misses the other is a question of time.</summary>
[Collection(Alone.Name)]
public sealed class SeveralSilosTests : ProcessTest
{
    // Enough that each silo has some of their grains.
    private const int Connections = 40;

    // It takes 4.5 s, and longer on a busy machine. Orleans' own probes, of five seconds, would miss three in fifteen.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(14);

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
            foreach (var silo in (SiloNode[])[one, other]) Assert.NotEqual(0, await silo.MetricAsync("orleans_catalog_activation_created_total", "grain_type=\"connection\""));

            one.Process.Send(Signal.Kill);
            await Task.WhenAll(peers.Select(peer => peer.EchoLineAsync("without it")));
            using var next = await Peer.ConnectAsync(gateway.Line);
            await next.EchoLineAsync("new");
            foreach (var peer in (Peer[])[.. peers, next])
            {
                peer.HalfClose();
                Assert.Empty(await peer.ReceiveToEndAsync());
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
        var (one, other) = (await StartSiloAsync(redis), await StartSiloAsync(redis, SiloNode.TellOfMembers));
        await other.Process.Output.WaitForAsync("Will watch (actively ping) 1 silos");
        await one.Process.FreezeAsync();
        await other.Process.Output.WaitForAsync("Evicting ", Soon);
    }

    private async Task<SiloNode> StartSiloAsync(RedisServer redis, params string[] arguments)
    {
        var silo = new SiloNode(NodePlace.Here, Own, ["--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}", .. arguments]);
        await silo.StartAsync();
        return silo;
    }
}
