using System.Net;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// Gateway and silo may start, die and come back in any order: the gateway says what it waits for and recovers by itself.
/// </summary>
public sealed class StartOrderTests : ProcessTest
{
    [Fact]
    public async Task GatewayWithoutSilo_RefusesAndSaysWhy_UntilTheSiloIsThere()
    {
        var service = NewService();
        await service.StartFrontAsync();
        await service.Front.Output.WaitForAsync(
            $"Waiting for a silo of cluster dev at 127.0.0.1:{service.SiloPorts.Gateway} (Backend:Silos)");
        await RefusesAsync(service);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/health/live")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await service.GetAsync("/health/ready")).Status);

        await service.StartSiloAsync();
        await ReadyAsync(service);
        using var peer = await Peer.ConnectAsync(service.Line);
        await peer.EchoLineAsync("hello");
    }

    [Fact]
    public async Task KilledSilo_IsReplaced_AndOpenConnectionsGoOn_WithoutALostOrDoubledMessage()
    {
        var service = await StartServiceAsync(Topology.TwoProcesses);
        using var idle = await Peer.ConnectAsync(service.Line);
        using var busy = await Peer.ConnectAsync(service.Line);
        await idle.EchoLineAsync("before");
        await busy.EchoLineAsync("before");

        await KillSiloAsync(service);
        await RefusesAsync(service);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await service.GetAsync("/health/ready")).Status);
        for (var i = 0; i < 100; i++) await busy.SendAsync($"while it was gone {i}\n");

        await service.StartSiloAsync();
        for (var i = 0; i < 100; i++) Assert.Equal($"while it was gone {i}", await busy.ReceiveLineAsync());
        await ReadyAsync(service);
        await idle.EchoLineAsync("after"); // its grain is gone and comes back
        using var next = await Peer.ConnectAsync(service.Line);
        await next.EchoLineAsync("new");
        foreach (var peer in (Peer[])[idle, busy])
        {
            peer.Finish();
            Assert.Empty(await peer.ReceiveAllAsync());
        }
    }

    [Fact]
    public async Task FrozenSilo_DelaysEchoes_AndLosesNone()
    {
        var service = await StartServiceAsync(Topology.TwoProcesses, "--Backend:CallTimeoutSeconds=1");
        using var peer = await Peer.ConnectAsync(service.Line);
        await peer.EchoLineAsync("before");

        await service.Silo!.FreezeAsync();
        await peer.SendAsync("while it stood still\n");
        await service.MetricRisesAsync("echo_gateway_backend_repeats_total");
        Assert.Matches(@": no answer for [4-9](\.\d)? s\)\. ", await service.Front.Output.WaitForAsync("New connections are refused"));
        await RefusesAsync(service);
        var (status, readiness) = await service.GetAsync("/health/ready");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, false), (status, readiness.Contains("Listener", StringComparison.Ordinal)));
        service.Silo.Send(Signal.Continue);

        Assert.Equal("while it stood still", await peer.ReceiveLineAsync());
        await ReadyAsync(service);
        await peer.EchoLineAsync("after");
        peer.Finish();
        Assert.Empty(await peer.ReceiveAllAsync());
    }

    [Fact]
    public async Task SiloOfAnotherCluster_IsRecognized_AndNotUsed()
    {
        var service = new EchoService(Topology.TwoProcesses, ["--Cluster:ClusterId=other"], Own);
        await service.StartSiloAsync();
        await service.StartFrontAsync();

        await service.Front.Output.WaitForAsync("Waiting for a silo of cluster other");
        await service.Front.Output.WaitForAsync($"127.0.0.1:{service.SiloPorts.Gateway}: it is a silo of cluster dev (Cluster:ClusterId)");
        await RefusesAsync(service);
    }

    [Fact]
    public async Task SilosPortForOtherSilos_IsRecognized()
    {
        var silo = new SiloNode(NodePlace.Here, Own);
        await silo.StartAsync();
        var gateway = new GatewayNode(NodePlace.Here, Own, [], "--silos", $"{silo.Silos}");
        gateway.Launch();
        await gateway.Process.Output.WaitForAsync(
            $"{silo.Silos}: it hangs up, as a silo's port for other silos does (gateways connect to Silo:GatewayPort)");
    }

    [Fact]
    public async Task LostSilo_ClosesAConnectionThatWaits_WhenPatienceEnds()
    {
        var service = await StartServiceAsync(Topology.TwoProcesses, "--Backend:CallTimeoutSeconds=1", "--Backend:PatienceSeconds=2");
        using var peer = await Peer.ConnectAsync(service.Line);
        await peer.EchoLineAsync("before");
        await KillSiloAsync(service);
        await peer.SendAsync("lost\n");
        Assert.Matches("^-ERR BackendUnavailable [^\n]+\n$", await peer.ReceiveAllAsync());
        await service.ActiveAsync(0);
    }

    private EchoService NewService() => new(Topology.TwoProcesses, [], Own);

    private static async Task KillSiloAsync(EchoService service)
    {
        service.Silo!.Send(Signal.Kill);
        Assert.Equal(128 + (int)Signal.Kill, await service.Silo.WaitForExitAsync());
        await service.Front.Output.WaitForAsync(": its connection is gone). New connections are refused");
    }

    private static async Task RefusesAsync(EchoService service)
    {
        using var peer = await Peer.ConnectAsync(service.Line);
        Assert.Matches("^-ERR BackendUnavailable [^\n]+\n$", await peer.ReceiveAllAsync());
    }

    private static Task ReadyAsync(EchoService service) =>
        Deadline.UntilAsync(async () => (await service.GetAsync("/health/ready")).Status is HttpStatusCode.OK, "/health/ready to be 200");
}
