using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Tests.Connections;

public sealed class FarewellTests : IDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider _time = new();
    private readonly PipeConnection _peer = new(bufferBytes: 1000);
    private readonly CancellationTokenSource _abort = new();

    public void Dispose() => _abort.Dispose();

    [Fact]
    public async Task ItLingersUntilThePeerFinishes()
    {
        var farewell = Say();
        Assert.Equal("-ERR Reason some words\n", _peer.ReceivedText);

        _peer.Send(new string('x', 5000)); // what the peer still sends is taken and dropped
        Assert.False(_peer.IsSendBlocked);
        Assert.False(farewell.IsCompleted);
        _peer.Finish();

        await farewell.WithinAsync("the farewell");
    }

    [Fact]
    public async Task ItLingersNoLongerThanItMay()
    {
        var farewell = Say();
        _time.Advance(Linger - TimeSpan.FromTicks(1));
        _peer.Send("still there");
        Assert.False(farewell.IsCompleted);

        _time.Advance(TimeSpan.FromTicks(1));

        await farewell.WithinAsync("the farewell");
    }

    [Fact]
    public async Task WithoutLingerItDoesNotWaitForThePeer()
    {
        await _peer.Output.WriteAsync(new byte[999], _abort.Token); // not read: the next flush waits

        await Say(TimeSpan.Zero).WithinAsync("the farewell");
        await _peer.Output.CompleteAsync();

        Assert.EndsWith("-ERR Reason some words\n", _peer.ReceivedText, StringComparison.Ordinal);
        Assert.True(_peer.HasReceivedEnd);
    }

    [Fact]
    public async Task APeerThatDoesNotReadItsWordsIsNotWaitedForLongerThanTheLinger()
    {
        await _peer.Output.WriteAsync(new byte[999], _abort.Token);
        var farewell = Say();
        Assert.False(farewell.IsCompleted);

        _time.Advance(Linger);

        await farewell.WithinAsync("the farewell");
    }

    [Fact]
    public async Task AFramingWithoutWordsLingersOnly()
    {
        var farewell = Say(codec: Framings.Raw);
        Assert.False(farewell.IsCompleted);
        _peer.Finish();

        await farewell.WithinAsync("the farewell");
        Assert.Empty(_peer.Receive());
    }

    [Fact]
    public async Task APeerThatIsGoneRaisesNothing()
    {
        _peer.BreakOutput();
        _peer.BreakInput(new ConnectionResetException("cut"));

        await Say().WithinAsync("the farewell");
    }

    [Fact]
    public async Task TheDrainsDeadlineEndsIt()
    {
        var farewell = Say();
        Assert.False(farewell.IsCompleted);

        await _abort.CancelAsync();

        await farewell.WithinAsync("the farewell");
    }

    private Task Say(TimeSpan? linger = null, IFrameCodec? codec = null) =>
        Farewell.SayAsync(_peer, codec ?? Framings.Line, "Reason", "some words", linger ?? Linger, _time, _abort.Token);
}
