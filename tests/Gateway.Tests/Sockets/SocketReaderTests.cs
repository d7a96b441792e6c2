using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.AspNetCore.Connections;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Sockets;

public sealed class SocketReaderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatIsNotConsumedIsReadAgainWithWhatFollows()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var input = connection.Transport.Input;
        var expected = "";
        foreach (var piece in new[] { "the ", "beginning ", new string('x', 70_000), " the ", "end" })
        {
            await peer.SendAsync(piece);
            expected += piece;
            ReadResult read;
            do
            {
                read = await ReadAsync(input);
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
            while (read.Buffer.Length < expected.Length);
        }

        await peer.SendAsync("!");
        var all = await ReadAsync(input);
        Assert.Equal(expected + "!", SocketRig.Text(all));
        input.AdvanceTo(all.Buffer.End);
    }

    [Fact]
    public async Task WhatIsNotExaminedIsReadAgainAtOnce()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var input = connection.Transport.Input;
        await peer.SendAsync("one two");
        var read = await ReadAsync(input);
        input.AdvanceTo(read.Buffer.GetPosition(4), read.Buffer.GetPosition(4));

        var again = input.ReadAsync(Stop);
        Assert.True(again.IsCompletedSuccessfully, "What is there has to be read again at once.");
        read = await again;
        Assert.Equal("two", SocketRig.Text(read));
        input.AdvanceTo(read.Buffer.Start, read.Buffer.End);

        var waiting = input.ReadAsync(Stop).AsTask();
        Assert.False(waiting.IsCompleted);
        await peer.SendAsync("!");
        Assert.Equal("two!", SocketRig.Text(await waiting.WithinAsync("more bytes")));
    }

    [Fact]
    public async Task WhoKeepsTheBufferKeepsItsBytes()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (slow, slowPeer) = await rig.ConnectAsync();
        var (other, otherPeer) = await rig.ConnectAsync();
        using var first = slowPeer;
        using var second = otherPeer;
        var echo = SocketRig.EchoAsync(other);
        await slowPeer.SendAsync("mine");
        // Into the thread's hot buffer.
        var kept = await SocketRig.AtHomeAsync(async () => await slow.Transport.Input.ReadAsync(CancellationToken.None));

        for (var i = 0; i < 20; i++)
        {
            await otherPeer.SendAsync("yours");
            Assert.Equal("yours", await otherPeer.ReceiveAsync(5));
        }

        Assert.Equal("mine", SocketRig.Text(kept));
        slow.Transport.Input.AdvanceTo(kept.Buffer.End);
        otherPeer.Finish();
        await echo.WithinAsync("the echo's end");
    }

    [Fact]
    public async Task SingleBytesBehindALongBeginningDoNotMoveIt()
    {
        // A buffer of the next power of two has no room worth a receive, and one of the one after that is half empty.
        const int Beginning = (1024 * 1024) - (8 * 1024);
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var input = (SocketReader)connection.Transport.Input;
        var sending = peer.SendAsync(new byte[Beginning]);
        await ReadUpToAsync(Beginning);
        await sending;
        var sizes = new List<int>();
        for (var count = 1; count <= 50; count++)
        {
            await peer.SendAsync("x");
            sizes.Add(await ReadUpToAsync(Beginning + count));
            sizes.Add(input.HeldBytes);
        }

        Assert.InRange(sizes.Zip(sizes.Skip(1)).Count(pair => pair.First != pair.Second), 0, 1);
        Assert.InRange(sizes[^1], Beginning, 2 * Beginning + (64 * 1024));

        // Its answer: the size of the buffer while the bytes are read.
        async Task<int> ReadUpToAsync(int bytes)
        {
            while (true)
            {
                var read = await ReadAsync(input);
                Assert.True(MemoryMarshal.TryGetArray(read.Buffer.First, out var array));
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (read.Buffer.Length == bytes) return array.Array!.Length;
            }
        }
    }

    [Fact]
    public async Task TheEndComesWithTheRest()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var input = connection.Transport.Input;
        await peer.SendAsync("the rest");
        var read = await ReadAsync(input);
        input.AdvanceTo(read.Buffer.Start, read.Buffer.End);

        peer.Finish();

        read = await ReadAsync(input);
        Assert.Equal((true, "the rest"), (read.IsCompleted, SocketRig.Text(read)));
        input.AdvanceTo(read.Buffer.End);
        read = await ReadAsync(input);
        Assert.Equal((true, 0L), (read.IsCompleted, read.Buffer.Length));
    }

    [Fact]
    public async Task AnEndThatCameWithTheLastBytesIsFound()
    {
        await using var rig = await SocketRig.ListenAsync();
        var peer = await Peer.ConnectAsync(rig.Address);
        using var _ = peer;
        await peer.SendAsync("all");
        peer.Finish();
        var connection = await rig.AcceptAsync(); // one event tells of both

        var text = await SocketRig.AtHomeAsync(async () =>
        {
            var all = new StringBuilder();
            while (true)
            {
                var read = await connection.Transport.Input.ReadAsync();
                all.Append(SocketRig.Text(read));
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return all.ToString();
            }
        });

        Assert.Equal("all", text);
    }

    [Fact]
    public async Task AResetIsAnException_WhileSomebodyReadsAndAfter()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        var reading = connection.Transport.Input.ReadAsync(Stop).AsTask();

        peer.Reset();

        await Assert.ThrowsAsync<ConnectionResetException>(() => reading.WithinAsync("the reset"));
        await Assert.ThrowsAsync<ConnectionResetException>(async () => await connection.Transport.Input.ReadAsync(Stop));
        Assert.True((await connection.Transport.Output.WriteAsync("x"u8.ToArray(), Stop)).IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACancelledReadIsTheNextOrTheOneThatWaits(bool waits)
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var input = connection.Transport.Input;
        var reading = waits ? input.ReadAsync(Stop).AsTask() : null;

        await Task.Run(input.CancelPendingRead, Stop);

        var read = await (reading ?? input.ReadAsync(Stop).AsTask()).WithinAsync("the cancellation");
        Assert.True(read.IsCanceled);
        input.AdvanceTo(read.Buffer.End);
        await peer.SendAsync("x");
        read = await ReadAsync(input);
        Assert.Equal((false, "x"), (read.IsCanceled, SocketRig.Text(read)));
    }

    [Fact]
    public async Task ACancelledReadHasWhatIsThere()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var input = connection.Transport.Input;
        await peer.SendAsync("part");
        var read = await ReadAsync(input);
        input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        var reading = input.ReadAsync(Stop).AsTask();

        input.CancelPendingRead();

        read = await reading.WithinAsync("the cancellation");
        Assert.Equal((true, "part"), (read.IsCanceled, SocketRig.Text(read)));
    }

    [Fact]
    public async Task ACancelledTokenGivesUpTheReadAlone()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        using var token = new CancellationTokenSource();
        var reading = connection.Transport.Input.ReadAsync(token.Token).AsTask();

        await token.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WithinAsync("the cancellation"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connection.Transport.Input.ReadAsync(token.Token));
        await peer.SendAsync("x");
        Assert.Equal("x", SocketRig.Text(await ReadAsync(connection.Transport.Input)));
    }

    [Fact]
    public async Task UseOutOfTurnIsAnException()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        var input = connection.Transport.Input;
        Assert.False(input.TryRead(out var _));
        Assert.Throws<InvalidOperationException>(() => input.AdvanceTo(default));
        var reading = input.ReadAsync(Stop).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await input.ReadAsync(Stop));

        await peer.SendAsync("x");
        var read = await reading.WithinAsync("a byte");

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await input.ReadAsync(Stop));
        Assert.Throws<InvalidOperationException>(() => input.TryRead(out var _));
        input.AdvanceTo(read.Buffer.End);
        Assert.Throws<InvalidOperationException>(() => input.AdvanceTo(read.Buffer.End));
        await input.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await input.ReadAsync(Stop));
    }

    [Fact]
    public async Task OneWhoseBytesDoNotEndLeavesTheOthersTheirTurn()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (flooded, flooder) = await rig.ConnectAsync();
        var (other, peer) = await rig.ConnectAsync();
        using var first = flooder;
        using var second = peer;
        var rounds = 0;
        var isEnough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Reads as fast as it can, and holds on to nothing; as if there were always more.
        var discarding = SocketRig.AtHomeAsync(async () =>
        {
            while (true)
            {
                var read = await flooded.Transport.Input.ReadAsync();
                flooded.Transport.Input.AdvanceTo(read.Buffer.End);
                if (SocketThread.Current!.Round != rounds)
                {
                    rounds = SocketThread.Current.Round;
                    isEnough.TrySetResult();
                }

                if (read.IsCompleted) return true;
            }
        });
        var echo = SocketRig.EchoAsync(other);
        var flood = Task.Run(() => flooder.SendAsync(new byte[32 * 1024 * 1024]), Stop);
        await isEnough.Task.WithinAsync("the flood");
        for (var i = 0; i < 10; i++)
        {
            await peer.SendAsync("x");
            await peer.ReceiveAsync(1);
        }

        await flood;
        flooder.Finish();
        Assert.True(await discarding);
        peer.Finish();
        await echo.WithinAsync("the echo's end");
    }

    private static Task<ReadResult> ReadAsync(PipeReader input) => input.ReadAsync(Stop).AsTask().WithinAsync("bytes, or the end");
}
