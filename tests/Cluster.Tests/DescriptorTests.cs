using System.Net;
using System.Net.Sockets;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>A process that has no descriptors left lives, says so, serves whom it has, and goes on when there are some again.</summary>
public sealed class DescriptorTests : ProcessTest
{
    // Far more than a process takes that may have so few more files open.
    private const int Room = 40;
    private const int Flood = 200;

    [Theory]
    [InlineData(Topology.TwoProcesses, "0")]
    [InlineData(Topology.TwoProcesses, "-1")] // Kestrel's transport
    [InlineData(Topology.Standalone, "0")]
    public async Task OutOfDescriptors_TheGatewayLives_SaysSo_AndAcceptsAgain(Topology topology, string socketThreads)
    {
        var service = await StartServiceAsync(topology, $"--Gateway:SocketThreads={socketThreads}");
        using var before = await Peer.ConnectAsync(service.Line);
        await before.EchoLineAsync("before");
        service.Front.LeaveRoomForDescriptors(Room);

        var flood = await ConnectAsync(service.Line, Flood);
        await service.Front.Output.WaitForAsync("Nobody is accepted on ");
        for (var i = 0; i < 20; i++) await before.EchoLineAsync($"meanwhile {i}");
        var (status, body) = await service.GetAsync("/health/ready"); // answered, and in time
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("did not accept", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/health/live")).Status);

        flood.ForEach(socket => socket.Dispose());
        await service.Front.Output.WaitForAsync("Connections are accepted on ");
        await Deadline.UntilAsync(async () => (await service.GetAsync("/health/ready")).Status is HttpStatusCode.OK, "/health/ready to be 200");
        using var after = await Peer.ConnectAsync(service.Line);
        await after.EchoLineAsync("after");
        var line = service.Front.Output.Lines.First(l => l.Contains($"Nobody is accepted on {service.Line} for now: ", StringComparison.Ordinal));
        Assert.Contains("that this process may have open are in use; raise its limit (ulimit -n, LimitNOFILE=)", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IdleStrangersOnTheManagementPort_TakeNothingFromPeers_NorFromProbes()
    {
        var service = await StartServiceAsync(Topology.TwoProcesses);
        using var before = await Peer.ConnectAsync(service.Line);
        await before.EchoLineAsync("before");
        var management = await service.Front.ManagementAsync();
        service.Front.LeaveRoomForDescriptors(500);

        var strangers = await ConnectAsync(new IPEndPoint(IPAddress.Loopback, management.Port), 600);
        // Comes anew, as orchestrators' probes do: one that has kept its connection may have had to make room.
        using (var prober = new HttpClient { Timeout = Deadline.Generous })
        {
            using var answer = await prober.GetAsync(new Uri(management, "/health/ready"), Cancelled);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using var after = await Peer.ConnectAsync(service.Line);
        await after.EchoLineAsync("after");
        await before.EchoLineAsync("still there");
        await service.Front.Output.WaitForAsync("to the management endpoint (Management:Address): for each new one the oldest is closed");
        strangers.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task SilentStrangersOnASilosPorts_AreClosed_AndTakeNothingFromGateways()
    {
        var service = await StartServiceAsync(Topology.TwoProcesses);
        using var peer = await Peer.ConnectAsync(service.Line);
        await peer.EchoLineAsync("before");
        var silo = service.Silo!;
        var before = silo.Descriptors;
        silo.LeaveRoomForDescriptors(Room);

        var strangers = await ConnectAsync(new IPEndPoint(IPAddress.Loopback, service.SiloPorts.Gateway), Flood);
        strangers.AddRange(await ConnectAsync(new IPEndPoint(IPAddress.Loopback, service.SiloPorts.Silo), Flood));
        for (var i = 0; i < 20; i++) await peer.EchoLineAsync($"meanwhile {i}");
        await silo.Output.WaitForAsync("it says nothing");
        await Deadline.UntilAsync(() => Task.FromResult(silo.Descriptors < before + 20), "the silo to be rid of strangers");
        await peer.EchoLineAsync("after");
        strangers.ForEach(socket => socket.Dispose());
    }

    // Those who find the kernel's queue full are no part of it.
    private static async Task<List<Socket>> ConnectAsync(EndPoint address, int count)
    {
        var sockets = new List<Socket>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Deadline.Generous);
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            sockets.Add(socket);
            await socket.ConnectAsync(address, limit.Token);
        }

        return sockets;
    }
}
