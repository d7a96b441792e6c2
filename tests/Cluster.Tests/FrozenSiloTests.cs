using System.Net.NetworkInformation;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>What a gateway has given up it lets go of, also while the silo stands still and its kernel goes on to acknowledge.</summary>
public sealed class FrozenSiloTests : ProcessTest
{
    // Together more than the two kernels' buffers and the link's pipe hold, so that the gateway's send waits for the silo's window.
    private const int Peers = 200;
    private const int BytesOfEach = 60_000;

    // Backend:HeartbeatSeconds, and four times SilenceSeconds because there is no other silo (docs/operations.md).
    private const double Silent = 0.5 + (4 * 1);

    // The link is lost by then; its client takes two seconds at most to end, and the machine may be busy.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task SocketToAFrozenSilo_IsGone_AlthoughItsSendQueueIsFull()
    {
        var silo = new SiloNode(NodePlace.Here, Own);
        await silo.StartAsync();
        var gateway = new GatewayNode(NodePlace.Here, Own, [silo]);
        await gateway.StartAsync();
        await gateway.Process.Output.WaitForAsync("Reached a silo");
        var peers = await Task.WhenAll(Enumerable.Range(0, Peers).Select(_ => Peer.ConnectAsync(gateway.Line)));
        try
        {
            await Task.WhenAll(peers.Select(peer => peer.EchoLineAsync("before")));
            var link = Assert.Single(PortsTo(silo));
            await silo.Process.FreezeAsync();
            await Task.WhenAll(peers.Select(peer => peer.SendAsync(new string('x', BytesOfEach) + "\n")));
            await gateway.Process.Output.WaitForAsync("is lost: no answer for ", Deadline.Promised(Silent));
            await Deadline.UntilAsync(
                () => Task.FromResult(!PortsTo(silo).Contains(link)), "the socket to the frozen silo to be gone", Soon);

            silo.Process.Send(Signal.Continue);
            // By the next link, and nobody lost anything.
            foreach (var peer in peers) Assert.Equal(BytesOfEach, (await peer.ReceiveLineAsync()).Length);
        }
        finally
        {
            foreach (var peer in peers) peer.Dispose();
        }
    }

    // The gateway's ends of its connections to the silo: one that it has closed and that still has something to send is among them.
    private static List<int> PortsTo(SiloNode silo) =>
        [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Where(c => c.RemoteEndPoint.Equals(silo.Gateways) && c.State is not TcpState.TimeWait)
            .Select(c => c.LocalEndPoint.Port)];
}
