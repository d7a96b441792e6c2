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
        var gateway = Start(EchoExecutable.Gateway, [.. EchoService.FreeListeners, "--silos", $"127.0.0.1:{one.GatewayPort},127.0.0.1:{other.GatewayPort}"]);
        var line = await gateway.ListenerAsync("line");
        await gateway.Output.WaitForAsync("Reached a silo");
        var peers = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Peer.ConnectAsync(line)));
        try
        {
            await Task.WhenAll(peers.Select(peer => peer.EchoLineAsync("before")));
            foreach (var silo in (Silo[])[one, other]) Assert.NotEqual(0, await silo.ConnectionGrainsAsync());

            one.Process.Send(Signal.Kill);
            await Task.WhenAll(peers.Select(peer => peer.EchoLineAsync("without it")));
            using var next = await Peer.ConnectAsync(line);
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
        var (one, other) = (await StartSiloAsync(redis), await StartSiloAsync(redis, "--Logging:LogLevel:Orleans.Runtime.MembershipService=Information", "--Logging:LogLevel:Orleans.Runtime.MembershipService.ClusterHealthMonitor=Information", "--Logging:LogLevel:Orleans.Runtime.MembershipService.MembershipTableManager=Information"));
        await other.Process.Output.WaitForAsync("Will watch (actively ping) 1 silos");
        await one.Process.FreezeAsync();
        await other.Process.Output.WaitForAsync("Evicting ", Soon);
    }

    private async Task<Silo> StartSiloAsync(RedisServer redis, params string[] arguments)
    {
        var (port, gatewayPort) = (FreePorts.Next(), FreePorts.Next());
        var process = Start(EchoExecutable.Silo,
        [
            "--port", $"{port}", "--gateway-port", $"{gatewayPort}", "--management", "127.0.0.1:0",
            "--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}", .. arguments,
        ]);
        return new Silo(process, gatewayPort, await process.ManagementAsync());
    }

    private sealed record Silo(EchoProcess Process, int GatewayPort, Uri Management)
    {
        public async Task<double> ConnectionGrainsAsync()
        {
            var (_, metrics) = await EchoService.GetAsync(new Uri(Management, "/metrics"));
            return PrometheusText.Sum(metrics, "orleans_catalog_activation_created_total", "grain_type=\"connection\"");
        }
    }
}
