using System.Buffers;
using System.Text;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Sockets;

public sealed class SocketWriterTests
{
    // More than the kernel takes of one that nobody reads from, by default.
    private static readonly byte[] TooMuch = Bytes(16 * 1024 * 1024);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatThePeerDoesNotTakeWaits_AndArrivesInTheEnd(bool isHome)
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var output = connection.Transport.Output;

        var flush = isHome ? SocketRig.AtHomeAsync(async () => await output.WriteAsync(TooMuch)) : output.WriteAsync(TooMuch, Stop).AsTask();
        var received = new StringBuilder(await peer.ReceiveAsync(1));
        Assert.False(flush.IsCompleted, "It cannot all be sent.");
        while (received.Length < TooMuch.Length) received.Append(await peer.ReceiveAsync(Math.Min(1024 * 1024, TooMuch.Length - received.Length)));

        var result = await flush.WithinAsync("the flush");
        Assert.Equal((false, false), (result.IsCanceled, result.IsCompleted));
        Assert.Equal(0, output.UnflushedBytes);
        Assert.Equal(Encoding.Latin1.GetString(TooMuch), received.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACancelledFlushLosesNothing(bool waits)
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var output = connection.Transport.Output;
        output.Write(TooMuch);
        var flush = waits ? output.FlushAsync(Stop).AsTask() : null;

        await Task.Run(output.CancelPendingFlush, Stop);

        Assert.True((await (flush ?? output.FlushAsync(Stop).AsTask()).WithinAsync("the cancellation")).IsCanceled);
        output.Write("!"u8);
        var rest = output.FlushAsync(Stop).AsTask();
        var received = await peer.ReceiveAsync(TooMuch.Length + 1);
        Assert.False((await rest.WithinAsync("the flush")).IsCanceled);
        Assert.Equal(Encoding.Latin1.GetString(TooMuch) + "!", received);
    }

    [Fact]
    public async Task ACancelledTokenGivesUpTheFlushAlone()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        using var token = new CancellationTokenSource();
        var flush = connection.Transport.Output.WriteAsync(TooMuch, token.Token).AsTask();

        await token.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush.WithinAsync("the cancellation"));
        var rest = connection.Transport.Output.FlushAsync(Stop).AsTask();
        await peer.ReceiveAsync(TooMuch.Length);
        Assert.False((await rest.WithinAsync("the flush")).IsCompleted);
    }

    [Fact]
    public async Task WhatIsLeftForASlowPeerDoesNotHoldTheBufferOfAllThatWasWritten()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var output = (SocketWriter)connection.Transport.Output;
        var flush = output.WriteAsync(TooMuch, Stop).AsTask();
        Assert.InRange(output.HeldBytes, TooMuch.Length, 2 * TooMuch.Length);

        var received = 0;
        while (output.UnflushedBytes > TooMuch.Length / 16 && !flush.IsCompleted)
        {
            await peer.ReceiveAsync(64 * 1024);
            received += 64 * 1024;
        }

        await Deadline.UntilAsync(() => Task.FromResult(output.HeldBytes <= TooMuch.Length / 4), "room to be given back");
        await peer.ReceiveAsync(TooMuch.Length - received);
        await flush.WithinAsync("the flush");
        Assert.Equal(0, output.HeldBytes);
    }

    [Fact]
    public async Task APeerThatIsGoneCompletesTheFlush()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        var flush = connection.Transport.Output.WriteAsync(TooMuch, Stop).AsTask();

        peer.Reset();

        Assert.True((await flush.WithinAsync("the flush")).IsCompleted);
        Assert.True((await connection.Transport.Output.WriteAsync("x"u8.ToArray(), Stop)).IsCompleted);
        Assert.Equal(0, connection.Transport.Output.UnflushedBytes);
    }

    [Fact]
    public async Task WhatIsWrittenIsSentBeforeTheEnd()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        connection.Transport.Output.Write(TooMuch);
        await connection.Transport.Output.CompleteAsync();

        var closing = connection.DisposeAsync().AsTask();
        Assert.Equal(Encoding.Latin1.GetString(TooMuch), await peer.ReceiveAllAsync());
        await closing.WithinAsync("the close");
    }

    [Fact]
    public async Task UseOutOfTurnIsAnException()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var output = connection.Transport.Output;
        Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(1));
        Assert.True(output.CanGetUnflushedBytes);
        output.Write(TooMuch);
        Assert.Equal(TooMuch.Length, output.UnflushedBytes);
        var flush = output.FlushAsync(Stop).AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await output.FlushAsync(Stop));
        Assert.Throws<InvalidOperationException>(() => output.GetSpan(1));
        await peer.ReceiveAsync(TooMuch.Length);
        await flush.WithinAsync("the flush");
        await output.CompleteAsync();
        Assert.Throws<InvalidOperationException>(() => output.GetMemory(1));
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
