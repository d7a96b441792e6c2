using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>
/// A network, or a machine, on which everything takes far longer than usual: it is slow there, and nothing fails for that.
/// </summary>
public sealed class SlowNetworkTests : ProcessTest
{
    private const string Far = "far";

    // There and back it is longer than a silo has with the first attempt to say who it is, and twice as
    // long as a heartbeat may usually take.
    private static readonly TimeSpan EachWay = TimeSpan.FromSeconds(1.05);

    // Longer than the attempts take that are too short.
    private static readonly TimeSpan UntilLinked = TimeSpan.FromSeconds(60);

    // Two heartbeats of each link.
    private static readonly TimeSpan While = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task AGatewayFarAway_GetsItsLinks_AndKeepsThem()
    {
        var (lab, fault) = await NetworkLab.CreateAsync(["s1", "s2", Far]);
        Assert.SkipWhen(lab is null, $"There is no network of our own: {fault}.");
        Keep(lab);
        SiloNode[] silos = [new(lab.PlaceOf("s1"), Own), new(lab.PlaceOf("s2"), Own)];
        foreach (var silo in silos)
        {
            await lab.DivertAsync(Far, silo.Gateways, Keep(new DelayProxy(lab.Outside, silo.Gateways, EachWay, EachWay)).Address);
        }

        var gateway = new GatewayNode(lab.PlaceOf(Far), Own, silos, "--Backend:CallTimeoutSeconds=10");
        await Task.WhenAll([.. silos.Select(silo => silo.StartAsync()), gateway.StartAsync()]);
        await gateway.MetricIsAsync(links => links == silos.Length, "echo_gateway_backend_silos", UntilLinked);

        await Task.Delay(While, TimeProvider.System, Cancelled);
        Assert.DoesNotContain(gateway.Process.Output.Lines, line => line.Contains(" is lost: ", StringComparison.Ordinal));
        using var peer = await Peer.ConnectAsync(gateway.Line);
        await peer.EchoLineAsync("from far away");
    }
}
