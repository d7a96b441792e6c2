using System.Net.Sockets;
using System.Text;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>A peer that floods, stalls or says nothing costs its own connection, and a bounded amount of memory.</summary>
public sealed class HostilePeerTests : ProcessTest
{
    private const int Megabyte = 1024 * 1024;

    // More than the gateway may ever hold of one connection, and far less than what these peers send.
    private const int MemoryOfOnePeer = 64 * Megabyte;

    // What the kernel's buffers of both ends swallow at their largest, with room to spare.
    private const int KernelBuffers = 128 * Megabyte;

    [Fact]
    public async Task EndlessLine_IsRefused_InBoundedMemory_WhileOthersAreServed()
    {
        var service = await StartServiceAsync(Topology.Standalone);
        using var other = await Peer.ConnectAsync(service.Line);
        await other.EchoLineAsync("before");
        var before = service.Front.PeakResidentBytes;

        using var flooder = await Peer.ConnectAsync(service.Line);
        var flood = flooder.FloodAsync(Filled('x', Megabyte), limit: 20L * 1024 * Megabyte);
        for (var i = 0; i < 20; i++) await other.EchoLineAsync($"meanwhile {i}");
        await flood;

        Assert.True(service.Front.PeakResidentBytes - before < MemoryOfOnePeer,
            $"The process grew from {before} to {service.Front.PeakResidentBytes} bytes.");
        await service.MetricIsAsync(1, "echo_gateway_connections_closed_total", "echo_close_reason=\"FrameTooLong\"");
    }

    [Theory]
    [InlineData(Topology.Standalone)]
    [InlineData(Topology.TwoProcesses)]
    public async Task PeerThatNeverReads_IsCutOff_InBoundedMemory_WhileOthersAreServed(Topology topology)
    {
        var service = await StartServiceAsync(topology, "--Gateway:Listeners:line:SendTimeoutSeconds=1");
        using var other = await Peer.ConnectAsync(service.Line);
        await other.EchoLineAsync("before");
        var before = service.Front.PeakResidentBytes;

        using var deaf = await Peer.ConnectAsync(service.Line);
        var flood = deaf.FloodAsync(
            Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 1023) + "\n", 64))), limit: KernelBuffers);
        for (var i = 0; i < 20; i++) await other.EchoLineAsync($"meanwhile {i}");
        await flood;

        await service.MetricIsAsync(1, "echo_gateway_connections_closed_total", "echo_close_reason=\"SendTimeout\"");
        await EchoService.SocketsAsync(1, service.Line);
        Assert.True(service.Front.PeakResidentBytes - before < MemoryOfOnePeer,
            $"The process grew from {before} to {service.Front.PeakResidentBytes} bytes.");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")] // Kestrel's transport
    public async Task PeerThatFinishesAndNeverReads_LeavesNoSocketBehind(string socketThreads)
    {
        var service = await StartServiceAsync(
            Topology.Standalone, "--Gateway:Listeners:line:SendTimeoutSeconds=1", $"--Gateway:SocketThreads={socketThreads}");
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await deaf.ConnectAsync(service.Line, Cancelled);
        await deaf.SendAsync(Encoding.Latin1.GetBytes(new string('x', 12 * 1024) + "\n"), Cancelled); // more than it takes, and less than the kernel
        deaf.Shutdown(SocketShutdown.Send);

        await service.MetricIsAsync(1, "echo_gateway_connections_closed_total", "echo_close_reason=\"PeerClosed\"");
        await EchoService.SocketsAsync(0, service.Line);
    }

    [Fact]
    public async Task SilentPeers_AreToldAndClosed()
    {
        var service = await StartServiceAsync(
            Topology.Standalone, "--Gateway:Listeners:line:FirstByteTimeoutSeconds=1",
            "--Gateway:Listeners:length-prefixed:IdleTimeoutSeconds=1");
        using var silent = await Peer.ConnectAsync(service.Line);
        using var slow = await Peer.ConnectAsync(service.LengthPrefixed);
        await slow.SendAsync("\0\0\0"); // a message that never gets complete
        Assert.Matches("^-ERR FirstByteTimeout [^\n]+\n$", await silent.ReceiveAllAsync());
        Assert.StartsWith("IdleTimeout ", await slow.ReceiveRefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PeerWithALongAddress_IsServedOverAUnixSocket()
    {
        var service = await StartServiceAsync(Topology.Standalone);
        using var peer =
            await Peer.ConnectAsync(service.Unix, from: new UnixDomainSocketEndPoint($"\0{Guid.NewGuid():N}".PadRight(107, 'x')));
        await peer.EchoLineAsync("hello");
    }

    private static byte[] Filled(char with, int count)
    {
        var bytes = new byte[count];
        Array.Fill(bytes, (byte)with);
        return bytes;
    }
}
