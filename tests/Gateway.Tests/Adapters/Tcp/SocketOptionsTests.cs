using System.Net;
using System.Net.Sockets;
using OrleansEcho.Gateway.Adapters.Tcp;

namespace OrleansEcho.Gateway.Tests.Adapters.Tcp;

public sealed class SocketOptionsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4096, true)]
    [InlineData(7, false)]
    public void BacklogAndNoDelayReachTheTransport(int backlog, bool noDelay)
    {
        var transport = StreamListener.Transport(new() { Backlog = backlog, NoDelay = noDelay });

        Assert.Equal((backlog, noDelay), (transport.Backlog, transport.NoDelay));
    }

    [Fact]
    public void BuffersHoldASetAndNoMoreThanTheyMust()
    {
        Assert.Equal(64 * 1024, StreamListener.Transport(new() { MaxMessageBytes = 10, MaxBytesInFlight = 100 }).MaxReadBufferSize);
        Assert.Equal(1024 * 1024, StreamListener.Transport(new() { MaxBytesInFlight = 1024 * 1024 }).MaxReadBufferSize);
        Assert.Equal(64 * 1024, StreamListener.Transport(new() { MaxBytesInFlight = 1024 * 1024 }).MaxWriteBufferSize);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(42, 42)]
    public async Task KeepAliveReachesTheSocketsThatAreAccepted(int configured, int seconds)
    {
        using var listening = StreamListener.Transport(new() { KeepAliveSeconds = configured }).CreateBoundListenSocket(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(listening.LocalEndPoint!, Stop);
        using var accepted = await listening.AcceptAsync(Stop);

        Assert.Equal(seconds > 0, Get(accepted, SocketOptionLevel.Socket, SocketOptionName.KeepAlive) is not 0);
        if (seconds is 0) return;
        Assert.Equal(seconds, Get(accepted, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(15, Get(accepted, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        Assert.Equal(4, Get(accepted, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32 * 1024)]
    public async Task BoundsOfTheKernelsBuffersReachTheSocketsThatAreAccepted(int receiveBufferBytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kernel's are Linux'.");
        using var untouched = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var listening =
            StreamListener.Transport(new() { ReceiveBufferBytes = receiveBufferBytes }).CreateBoundListenSocket(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(listening.LocalEndPoint!, Stop);
        using var accepted = await listening.AcceptAsync(Stop);

        var unsent = new byte[sizeof(int)];
        accepted.GetRawSocketOption(6, 25, unsent); // TCP_NOTSENT_LOWAT
        Assert.Equal(16 * 1024, BitConverter.ToInt32(unsent));
        // The kernel doubles what it is told, for what it needs beside the bytes (socket(7)).
        Assert.Equal(receiveBufferBytes is 0 ? untouched.ReceiveBufferSize : 2 * receiveBufferBytes, accepted.ReceiveBufferSize);
    }

    private static int Get(Socket socket, SocketOptionLevel level, SocketOptionName name) => (int)socket.GetSocketOption(level, name)!;
}
