using System.Net.Sockets;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>A gateway that is full refuses with a reason, in the words of each framing, and is full no longer than it must.</summary>
public sealed class AdmissionTests : ProcessTest
{
    [Theory]
    [InlineData(Topology.Standalone)]
    [InlineData(Topology.TwoProcesses)]
    public async Task SixthConnection_IsRefused_UntilOneOfFiveCloses(Topology topology)
    {
        var service = await StartServiceAsync(topology, "--max-connections", "5");
        var peers = new List<Peer>();
        try
        {
            for (var i = 0; i < 5; i++)
            {
                peers.Add(await Peer.ConnectAsync(service.Line));
                await peers[i].EchoLineAsync($"place {i}");
            }

            using (var sixth = await Peer.ConnectAsync(service.Line))
            {
                await sixth.SendAsync("is there a place?\n");
                Assert.Matches("^-ERR TooManyConnections [^\n]+\n$", await sixth.ReceiveAllAsync());
            }

            using (var framed = await Peer.ConnectAsync(service.LengthPrefixed))
            {
                Assert.StartsWith("TooManyConnections ", await framed.ReceiveRefusalAsync(), StringComparison.Ordinal);
            }

            using (var raw = await Peer.ConnectAsync(service.Raw))
            {
                Assert.Empty(await raw.ReceiveAllAsync());
            }

            Assert.Equal(
                3, await service.MetricAsync("echo_gateway_connections_rejected_total", "echo_reject_reason=\"TooManyConnections\""));
            peers[0].Finish();
            Assert.Empty(await peers[0].ReceiveAllAsync());
            await Deadline.UntilAsync(() => IsAdmittedAsync(service), "a place that a peer left to be free again");
        }
        finally
        {
            foreach (var peer in peers) peer.Dispose();
        }
    }

    private static async Task<bool> IsAdmittedAsync(EchoService service)
    {
        using var peer = await Peer.ConnectAsync(service.Line);
        await peer.SendAsync("hello\n");
        return await peer.ReceiveLineAsync() is "hello";
    }
}

/// <summary>What a gateway does when everybody comes at once.</summary>
[Collection(Alone.Name)]
public sealed class FloodOfConnectionsTests : ProcessTest
{
    // Both ends need descriptors: a test process with the usual limit of 20,000 has room for this.
    private const int Connections = 10_000;

    [Fact]
    public async Task EveryConnection_IsServedOrToldWhyNot_WhenTenThousandOpenAtOnce()
    {
        var service = await StartServiceAsync(Topology.Standalone, "--max-connections", "9900");
        var peers = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Peer.ConnectAsync(service.Line)));
        try
        {
            var answers = await Task.WhenAll(peers.Select(AskAsync));
            Assert.Equal(9900, answers.Count(a => a is "hello"));
            Assert.Equal(100, answers.Count(a => a.StartsWith("-ERR TooManyConnections ", StringComparison.Ordinal)));
            await service.ActiveAsync(9900);
        }
        finally
        {
            foreach (var peer in peers) peer.Dispose();
        }

        await service.ActiveAsync(0);
        using var next = await Peer.ConnectAsync(service.Line);
        await next.EchoLineAsync("as if nothing had been");
    }

    private static async Task<string> AskAsync(Peer peer)
    {
        try
        {
            await peer.SendAsync("hello\n");
        }
        catch (SocketException)
        {
            // Refused and closed before we asked: the reason is still to be read.
        }

        return await peer.ReceiveLineAsync();
    }
}
