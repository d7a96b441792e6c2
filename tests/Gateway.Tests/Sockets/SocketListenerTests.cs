using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Sockets;

public sealed class SocketListenerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UnbindingEndsTheAccepting()
    {
        await using var rig = await SocketRig.ListenAsync();
        var accepting = rig.Listener.AcceptAsync(Stop).AsTask();

        await rig.Listener.UnbindAsync(Stop);

        Assert.Null(await accepting.WithinAsync("the end of the accepting"));
        Assert.Null(await rig.Listener.AcceptAsync(Stop));
        await Assert.ThrowsAsync<SocketException>(() => Peer.ConnectAsync(rig.Address));
    }

    [Fact]
    public async Task WhoHasConnectedBeforeTheUnbindingIsAccepted_MoreThanARoundsWorth()
    {
        const int Count = 100;
        await using var rig = await SocketRig.ListenAsync();
        var connections = new List<ConnectionContext>();
        var accepting = SocketRig.AtHomeAsync(async () =>
        {
            while (await rig.Listener.AcceptAsync(CancellationToken.None) is { } connection) connections.Add(connection);
            return connections.Count;
        });

        // While its thread is here, the listener hears of nobody.
        var peers = new List<Socket>();
        var unbinding = await SocketRig.AtHomeAsync(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                peer.Connect(rig.Address);
                peers.Add(peer);
            }

            return Task.FromResult(rig.Listener.UnbindAsync(CancellationToken.None).AsTask());
        });

        await unbinding.WithinAsync("the unbinding");
        Assert.Equal(Count, await accepting);
        peers.ForEach(peer => peer.Dispose());
        foreach (var connection in connections) await connection.DisposeAsync();
    }

    [Fact]
    public async Task AnAcceptThatIsGivenUpTakesNobodyWithIt()
    {
        await using var rig = await SocketRig.ListenAsync();
        using var given = new CancellationTokenSource();
        var accepting = rig.Listener.AcceptAsync(given.Token).AsTask();

        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.WithinAsync("the end of the accept"));
        await rig.ConnectAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TwoHundredAtOnceAreAllAccepted(bool severalThreads)
    {
        const int Count = 200; // some rounds' worth
        await using var rig = await SocketRig.ListenAsync(severalThreads: severalThreads);
        var peers = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => Peer.ConnectAsync(rig.Address)));
        var threads = new HashSet<SocketThread>();
        var accepted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = AcceptAsync(); // goes on where it accepts, as a server does

        await accepted.Task.WithinAsync("all connections");
        Assert.Equal(severalThreads ? 2 : 1, threads.Count);
        foreach (var peer in peers)
        {
            await peer.SendAsync("x");
            Assert.Equal("x", await peer.ReceiveAsync(1));
            peer.Dispose();
        }

        async Task AcceptAsync()
        {
            for (var i = 0; i < Count; i++)
            {
                var connection = (SocketConnection)(await rig.Listener.AcceptAsync(Stop))!;
                threads.Add(connection.Thread);
                _ = SocketRig.EchoAsync(connection);
            }

            accepted.SetResult();
        }
    }

    [Fact]
    public async Task AnAddressInUseIsSaidToBe()
    {
        await using var rig = await SocketRig.ListenAsync();

        await Assert.ThrowsAsync<AddressInUseException>(() => SocketRig.ListenAsync(rig.Address));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhetherSmallWritesGoOutAtOnceIsHandedOn(bool noDelay)
    {
        // The kernel's own promise, on which the transport builds: it sets nothing on a connection.
        using var listening = Listening(noDelay);
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(listening.LocalEndPoint!, Stop);
        using var accepted = await listening.AcceptAsync(Stop);

        Assert.Equal(noDelay, accepted.NoDelay);
    }

    private static Socket Listening(bool noDelay)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = noDelay };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }
}
