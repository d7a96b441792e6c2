using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Tests.Connections;

/// <summary>
/// A message that was complete in the kernel's buffer or ours when the gateway decides to close is echoed before the reason is said. Over
/// Kestrel's own transport; <see cref="ArrivedMeansEchoedOnSocketThreadsTests"/> has the same over the other one.
/// </summary>
public class ArrivedMeansEchoedTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();

    private protected virtual SocketThreadGroup? Threads => null;

    [Theory]
    [InlineData("line", CloseReason.Draining)]
    [InlineData("length-prefixed", CloseReason.Draining)]
    [InlineData("raw", CloseReason.Draining)]
    [InlineData("line", CloseReason.QuotaLowered)]
    public async Task AMessageThatCameDuringACallIsEchoedFirst(string framing, CloseReason reason)
    {
        var codec = Messages.Codec(framing);
        var quota = new FakeQuota(_time);
        quota.Grant(1);
        await using var rig = Rig(quota: quota);
        using var peer = await Peer.ConnectAsync(await ListenAsync(rig, framing));
        await peer.SendAsync(codec.Frames("one"));
        var grain = await rig.Backend.NextGrainAsync();
        var one = await grain.NextCallAsync();
        await peer.SendAsync(codec.Frames("two"));
        await peer.UntilArrivedAsync();

        if (reason is CloseReason.Draining) rig.Registry.RequestCloseAll();
        else LowerToNone(rig, quota);
        one.Answer();
        (await grain.NextCallAsync()).Answer();

        await AssertGotAsync(peer, codec, codec.Frames("one", "two"), reason);
        Assert.Equal(reason, await grain.Closed.WithinAsync("the grain's close"));
    }

    [Fact]
    public async Task AllThatFillsTheBuffersIsEchoedFirst()
    {
        // A megabyte, of which the kernel takes what it has room for, and Kestrel's pipe some more.
        var stream = Framings.Line.Frames(Enumerable.Range(0, 10_000).Select(i => $"{i:D99}"));
        await using var rig = Rig();
        using var peer = await Peer.ConnectAsync(await ListenAsync(rig, lingers: true));
        await peer.SendAsync("one\n");
        var grain = await rig.Backend.NextGrainAsync();
        var one = await grain.NextCallAsync();
        var sending = peer.SendAsync(stream);
        var receiving = peer.ReceiveAllAsync();
        var arrived = 0;
        await Deadline.UntilAsync(() => Task.FromResult((arrived = peer.Arrived) > 50_000), "the buffers to fill");

        rig.Registry.RequestCloseAll();
        one.Answer();
        _ = AnswerAllAsync(grain);
        await sending;
        peer.Finish();

        var received = await receiving;
        var echoed = received.LastIndexOf("-ERR Draining", StringComparison.Ordinal);
        Assert.Equal("one\n" + Encoding.Latin1.GetString(stream.AsSpan(0, echoed - 4)), received[..echoed]);
        Assert.InRange(echoed, arrived / 100 * 100, stream.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AMessageThatIsInTimePutsATimeoutOff(bool isFirst)
    {
        // Which of the two a connection hears of first, the message or the ticker, is a matter of
        // microseconds: often enough it is the ticker.
        await using var rig = Rig(new FakeBackend());
        var listener = await ListenAsync(rig);
        for (var round = 0; round < 50; round++)
        {
            using var peer = await Peer.ConnectAsync(listener);
            var grain = await rig.Backend.NextGrainAsync();
            if (!isFirst)
            {
                await peer.SendAsync("one\n");
                await peer.ReceiveAsync(4);
            }

            _time.Advance(Idle + (2 * CoarseClock.Resolution));
            rig.Clock.Tick();
            await peer.SendAsync("in time\n");
            rig.Registry.CheckAll();

            Assert.Equal("in time\n", await peer.ReceiveAsync(8));
            peer.Finish();
            Assert.Equal("", await peer.ReceiveAllAsync());
            Assert.Equal(CloseReason.PeerClosed, await grain.Closed.WithinAsync("the grain's close"));
        }
    }

    [Fact]
    public async Task APeerThatIsSilentMeetsItsTimeouts()
    {
        await using var rig = Rig(new FakeBackend());
        var listener = await ListenAsync(rig);
        using var silent = await Peer.ConnectAsync(listener);
        var first = await rig.Backend.NextGrainAsync();
        using var slow = await Peer.ConnectAsync(listener);
        var second = await rig.Backend.NextGrainAsync();
        await slow.SendAsync("one\na beginning");
        await slow.ReceiveAsync(4);

        // A connection may begin to wait only now, and does so from the time that it is then.
        var told = Task.WhenAll(silent.ReceiveAllAsync(), slow.ReceiveAllAsync());
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(Idle + (2 * CoarseClock.Resolution));
                rig.Registry.CheckAll();
                return Task.FromResult(told.IsCompleted);
            },
            "both to be told");

        Assert.StartsWith("-ERR FirstByteTimeout ", (await told)[0], StringComparison.Ordinal);
        Assert.StartsWith("-ERR IdleTimeout ", (await told)[1], StringComparison.Ordinal);
        Assert.Equal(CloseReason.FirstByteTimeout, await first.Closed.WithinAsync("the first grain's close"));
        Assert.Equal(CloseReason.IdleTimeout, await second.Closed.WithinAsync("the second grain's close"));
    }

    [Theory]
    [InlineData("line")]
    [InlineData("raw")]
    public async Task APeerThatGoesOnSendingDoesNotKeepTheConnectionOpen(string framing)
    {
        await using var rig = Rig(new FakeBackend());
        using var peer = await Peer.ConnectAsync(await ListenAsync(rig, framing));
        var grain = await rig.Backend.NextGrainAsync();
        var flood = peer.SendUntilBlockedOrCutAsync(Encoding.Latin1.GetBytes(new string('x', 1023) + "\n"));
        var received = peer.DiscardAsync(); // until the end, or the reset that follows upon what comes after it

        await peer.UntilDiscardedAsync(1_000_000);
        rig.Registry.RequestCloseAll();

        Assert.Equal(CloseReason.Draining, await grain.Closed.WithinAsync("the end of a connection whose peer goes on sending"));
        await Task.WhenAll(flood, received).WithinAsync("the flood to end");
    }

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    [InlineData("raw")]
    public async Task WheneverItIsAskedToCloseExactlyWhatHasArrivedIsEchoed(string framing)
    {
        var codec = Messages.Codec(framing);
        var payload = (framing is "line" ? Gen.Byte.Where(b => b != '\n') : Gen.Byte).Array[1, 300];
        await Gen.Select(payload.Array[1, 20], Gen.Int[1, 3000].Array[0, 8], Gen.Int[0, 3]).SampleAsync(
            async (payloads, cuts, answers) =>
            {
                var stream = codec.Frames(payloads);
                await using var rig = Rig();
                using var peer = await Peer.ConnectAsync(await ListenAsync(rig, framing));
                var grain = await rig.Backend.NextGrainAsync();
                var sent = 0;
                foreach (var cut in cuts)
                {
                    var size = Math.Min(cut, stream.Length - sent);
                    await peer.SendAsync(stream.AsMemory(sent, size));
                    sent += size;
                    if (answers-- > 0) grain.Pending?.Answer();
                }

                await peer.UntilArrivedAsync();
                rig.Registry.RequestCloseAll();
                _ = AnswerAllAsync(grain);

                var whole = 0;
                foreach (var each in payloads)
                {
                    var length = codec.Frames([each]).Length;
                    if (codec != Framings.Raw && whole + length > sent) break;
                    whole = Math.Min(whole + length, sent);
                }

                await AssertGotAsync(peer, codec, stream[..whole], CloseReason.Draining);
            },
            iter: Threads is null ? 25 : 100, // Kestrel's connections take their time to end
            threads: 1);
    }

    private protected GatewayRig Rig(FakeBackend? backend = null, FakeQuota? quota = null) =>
        new(backend ?? new FakeBackend(() => new FakeGrain(answers: false)), _time, quota: quota?.Limiter, threads: Threads);

    private void LowerToNone(GatewayRig rig, FakeQuota quota)
    {
        _time.Advance(FakeQuota.Renew);
        quota.Answer(r => FakeQuota.Reply(r) with { Granted = 1, Target = 0, Close = 1 });
        rig.Registry.CheckAll();
    }

    private protected static Task<StreamListener> ListenAsync(GatewayRig rig, string framing = "line", bool lingers = false) =>
        rig.ListenAsync(framing: framing, configure: o =>
    {
        (o.IdleTimeoutSeconds, o.FirstByteTimeoutSeconds) = (Idle.TotalSeconds, Idle.TotalSeconds);
        o.LingerSeconds = lingers ? 1 : 0; // the rig's time stands still: until the peer finishes
        o.SendTimeoutSeconds = 0;
    });

    /// <summary>Answers what waits and what comes, until the connection ends.</summary>
    private protected static async Task AnswerAllAsync(FakeGrain grain)
    {
        grain.Pending?.Answer();
        while (!grain.Closed.IsCompleted)
        {
            if (await grain.TryNextCallAsync() is { Answered.IsCompleted: false } call) call.Answer();
        }
    }

    private protected static async Task AssertGotAsync(Peer peer, IFrameCodec codec, byte[] echoes, CloseReason reason)
    {
        var received = await peer.ReceiveAllAsync();
        Assert.Equal(Encoding.Latin1.GetString(echoes), received[..Math.Min(echoes.Length, received.Length)]);
        if (codec == Framings.Raw) Assert.Equal(echoes.Length, received.Length);
        else Assert.Contains($"{reason} ", received[echoes.Length..], StringComparison.Ordinal);
    }
}
