using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Sockets;

public sealed class SocketConnectionTests
{
    private static readonly byte[] TooMuch = new byte[16 * 1024 * 1024];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnAbortEndsTheReadThatWaits()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var reading = connection.Transport.Input.ReadAsync(Stop).AsTask();

        connection.Abort(new ConnectionAbortedException());

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WithinAsync("the abort"));
        await Assert.ThrowsAsync<SocketException>(() => peer.ReceiveAllAsync()); // a reset
    }

    [Fact]
    public async Task AnAbortEndsTheFlushThatWaits()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var flush = connection.Transport.Output.WriteAsync(TooMuch, Stop).AsTask();
        await peer.ReceiveAsync(1);

        connection.Abort(new ConnectionAbortedException());

        Assert.True((await flush.WithinAsync("the abort")).IsCompleted);
        await connection.DisposeAsync().AsTask().WithinAsync("the close");
    }

    [Fact]
    public async Task AnAbortEndsTheCloseThatWaitsForThePeer()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        connection.Transport.Output.Write(TooMuch);
        var closing = connection.DisposeAsync().AsTask();
        await peer.ReceiveAsync(1);
        Assert.False(closing.IsCompleted, "The peer has not taken it.");

        connection.Abort(new ConnectionAbortedException());

        await closing.WithinAsync("the close");
        await connection.DisposeAsync().AsTask().WithinAsync("another close");
    }

    [Fact]
    public async Task AnAbortFromItsOwnThreadIsOne()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;

        var fault = await SocketRig.AtHomeAsync(async () =>
        {
            connection.Abort(new ConnectionAbortedException());
            try
            {
                await connection.Transport.Input.ReadAsync();
                return null;
            }
            catch (ConnectionAbortedException aborted)
            {
                return aborted;
            }
            finally
            {
                await connection.DisposeAsync();
            }
        });

        Assert.NotNull(fault);
    }

    [Fact]
    public async Task ACloseIsOneHoweverOften_AndIsTold()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration =
            connection.ConnectionClosed.UnsafeRegister(static closed => ((TaskCompletionSource)closed!).SetResult(), closed);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => connection.DisposeAsync().AsTask(), Stop)))
            .WithinAsync("the close");

        await closed.Task.WithinAsync("word of the close");
        Assert.True(connection.ConnectionClosed.IsCancellationRequested);
        Assert.Equal("", await peer.ReceiveAllAsync());
        await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await connection.Transport.Input.ReadAsync(Stop));
    }

    [Fact]
    public async Task ItKnowsItsEnds_AndHasANameOfItsOwn()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;

        Assert.Equal(rig.Address, connection.LocalEndPoint);
        Assert.Equal(peer.Address, connection.RemoteEndPoint);
        Assert.NotEqual(connection.ConnectionId, (await rig.ConnectAsync()).Connection.ConnectionId);
    }
}
