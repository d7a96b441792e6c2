using Microsoft.AspNetCore.Connections;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Connections;

public sealed class ConnectionPumpTests
{
    private static readonly ConnectionLimits Impatient = PumpRig.Limits with
    {
        FirstByteTimeout = TimeSpan.FromSeconds(5),
        IdleTimeout = TimeSpan.FromSeconds(10),
        SendTimeout = TimeSpan.FromSeconds(3),
    };

    [Fact]
    public void WhatArrivesDuringACallIsTheNextSet()
    {
        var rig = new PumpRig(new FakeGrain(answers: false));

        rig.Peer.Send("one\n");
        var first = Pending(rig);
        foreach (var message in (string[])["two\n", "thr", "ee\n", "four\nfi"]) rig.Peer.Send(message);
        Assert.Single(rig.Grain.Sets);
        first.Answer();
        var second = Pending(rig);
        second.Answer();
        rig.Peer.Send("ve\n");
        Pending(rig).Answer();

        Assert.Equal(["one", "two|three|four", "five"], rig.Grain.Sets.Select(s => s.Text()));
        Assert.Equal("one\ntwo\nthree\nfour\nfive\n", rig.Peer.ReceivedText);
    }

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    [InlineData("raw")]
    public async Task EchoesComeBackByteForByteAndThenTheEnd(string framing)
    {
        var codec = Messages.Codec(framing);
        var rig = new PumpRig(new FakeGrain(answers: false), codec);
        var stream = codec.Frames("one", "", "\0\r\u00ff", "two");

        rig.Peer.Send(stream);
        rig.Peer.Finish();
        while (rig.Grain.Pending is { } call)
        {
            rig.AssertGoesOn();
            call.Answer();
        }

        Assert.Equal(stream, rig.Peer.Receive());
        Assert.Equal(CloseReason.PeerClosed, await rig.EndAsync());
        Assert.True(rig.Pump.PeerHasFinished);
    }

    [Theory]
    [InlineData("line", CloseReason.TruncatedFrame)]
    [InlineData("length-prefixed", CloseReason.TruncatedFrame)]
    [InlineData("raw", CloseReason.PeerClosed)]
    public async Task AMessageThatWasNotFinishedIsTruncatedWhereThereAreMessages(string framing, CloseReason reason)
    {
        var codec = Messages.Codec(framing);
        var rig = new PumpRig(codec: codec);
        var whole = codec.Frames("whole");

        rig.Peer.Send([.. whole, .. codec.Frames("part")[..^1]]);
        rig.Peer.Finish();

        Assert.Equal(whole, rig.Peer.Receive().Take(whole.Length));
        Assert.Equal(reason, await rig.EndAsync());
    }

    [Fact]
    public async Task AMessageThatIsTooLongEndsTheConnectionAfterTheEchoesOfThoseBeforeIt()
    {
        var rig = new PumpRig(new FakeGrain(answers: false), limits: PumpRig.Limits with { MaxMessageBytes = 4 });

        rig.Peer.Send("good\ntoo long\nnever read\n");
        rig.AssertGoesOn();
        Pending(rig).Answer();

        Assert.Equal("good\n", rig.Peer.ReceivedText);
        Assert.Equal(CloseReason.FrameTooLong, await rig.EndAsync());
    }

    [Fact]
    public async Task APeerThatNeverSendsMeetsTheFirstByteTimeout()
    {
        var rig = new PumpRig(limits: Impatient);

        rig.Pass(5);
        rig.AssertGoesOn();
        rig.Pass(0.5);

        Assert.Equal(CloseReason.FirstByteTimeout, await rig.EndAsync());
    }

    [Fact]
    public async Task APeerThatNeverSendsMeetsTheIdleTimeout_WhenThereIsNoFirstByteTimeout()
    {
        var rig = new PumpRig(limits: Impatient with { FirstByteTimeout = TimeSpan.Zero });

        rig.Pass(10);
        rig.AssertGoesOn();
        rig.Pass(0.5);

        Assert.Equal(CloseReason.IdleTimeout, await rig.EndAsync());
    }

    [Fact]
    public async Task APeerThatFallsSilentMeetsTheIdleTimeout()
    {
        var rig = new PumpRig(limits: Impatient);

        rig.Pass(4);
        rig.Peer.Send("one\n");
        rig.Pass(9);
        rig.Peer.Send("two\n");
        rig.Pass(10);
        rig.AssertGoesOn();
        rig.Pass(0.5);

        Assert.Equal(CloseReason.IdleTimeout, await rig.EndAsync());
        Assert.Equal("one\ntwo\n", rig.Peer.ReceivedText);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello\n")]
    public async Task BytesOfAMessageThatDoesNotEndDoNotPutTheIdleTimeoutOff(string before)
    {
        var rig = new PumpRig(limits: Impatient);
        rig.Peer.Send(before + "s");

        for (var seconds = 1; seconds <= 10; seconds++)
        {
            rig.AssertGoesOn();
            rig.Pass(1);
            rig.Peer.Send("s");
        }

        rig.Pass(0.5);

        Assert.Equal(CloseReason.IdleTimeout, await rig.EndAsync());
    }

    [Fact]
    public async Task NoTimeoutFiresWhileACallIsOutstanding()
    {
        var rig = new PumpRig(new FakeGrain(answers: false), limits: Impatient);

        rig.Peer.Send("patience\n");
        rig.Pass(3600);
        rig.AssertGoesOn();
        Pending(rig).Answer();
        rig.Pass(10);
        rig.AssertGoesOn();
        Assert.Equal("patience\n", rig.Peer.ReceivedText);
        rig.Pass(0.5);

        Assert.Equal(CloseReason.IdleTimeout, await rig.EndAsync());
    }

    [Fact]
    public async Task TimeoutsOfZeroAreNone()
    {
        var rig = new PumpRig();

        rig.Pass(3600);
        rig.Peer.Send("still here?\n");
        rig.Pass(3600);
        rig.AssertGoesOn();
        Assert.Equal("still here?\n", rig.Peer.ReceivedText);

        rig.Peer.Finish();
        Assert.Equal(CloseReason.PeerClosed, await rig.EndAsync());
    }

    [Fact]
    public async Task APeerThatDoesNotReadMeetsTheSendTimeoutAndIsBounded()
    {
        const int buffer = 4096;
        var rig = new PumpRig(limits: Impatient, bufferBytes: buffer);
        var accepted = 0;
        while (!rig.Peer.IsSendBlocked)
        {
            rig.Peer.Send(new string('x', 99) + "\n");
            accepted += 100;
            Assert.InRange(accepted, 0, 1_000_000);
        }

        // Both buffers of the transport, each of which one write may overfill, and the set between them.
        Assert.InRange(accepted, buffer, (2 * (buffer + 100)) + Impatient.MaxBytesInFlight);
        rig.Pass(3);
        rig.AssertGoesOn();
        rig.Pass(0.5);

        Assert.Equal(CloseReason.SendTimeout, await rig.EndAsync());
    }

    [Fact]
    public void APeerThatReadsInTimeMeetsNoSendTimeout()
    {
        var rig = new PumpRig(limits: Impatient, bufferBytes: 100);

        for (var i = 0; i < 5; i++)
        {
            rig.Peer.Send(new string('x', 300) + "\n");
            rig.Pass(2.5);
            rig.AssertGoesOn();
            Assert.Equal((i + 1) * 301, rig.Peer.Receive().Count);
            rig.Pass(5); // the send time-out that was armed must not outlive its write
        }

        rig.AssertGoesOn();
    }

    [Fact]
    public async Task ARequestToCloseEndsAnIdleConnection()
    {
        var rig = new PumpRig();
        rig.Peer.Send("one\nand a beginning");

        rig.Pump.RequestClose();

        Assert.Equal(CloseReason.Draining, await rig.EndAsync());
        Assert.Equal("one\n", rig.Peer.ReceivedText);
        Assert.False(rig.Pump.PeerHasFinished);
    }

    [Fact]
    public async Task ARequestToCloseDuringACallEchoesWhatHasArrivedFirst()
    {
        var rig = new PumpRig(new FakeGrain(answers: false));
        rig.Peer.Send("one\n");
        rig.Peer.Send("two\nthree\n");

        rig.Pump.RequestClose();
        rig.AssertGoesOn();
        Pending(rig).Answer();
        rig.AssertGoesOn();
        Pending(rig).Answer();

        Assert.Equal(CloseReason.Draining, await rig.EndAsync());
        Assert.Equal("one\ntwo\nthree\n", rig.Peer.ReceivedText);
    }

    [Fact]
    public async Task ARequestToCloseEchoesMoreThanOneSetWhenTheyHaveArrived()
    {
        var rig = new PumpRig(new FakeGrain(answers: false), limits: PumpRig.Limits with { MaxBytesInFlight = 1000, MaxMessageBytes = 600 });
        var message = new string('x', 600) + "\n";
        rig.Peer.Send(message + message + message);

        rig.Pump.RequestClose();
        for (var i = 0; i < 3; i++)
        {
            rig.AssertGoesOn();
            Pending(rig).Answer();
        }

        Assert.Equal(CloseReason.Draining, await rig.EndAsync());
        Assert.Equal(message + message + message, rig.Peer.ReceivedText);
    }

    [Fact]
    public async Task ARequestToCloseWhileThePeerDoesNotReadWaitsForThePeer()
    {
        var rig = new PumpRig(limits: Impatient, bufferBytes: 100);
        rig.Peer.Send(new string('x', 300) + "\n");

        rig.Pump.RequestClose();
        rig.AssertGoesOn();
        Assert.Equal(301, rig.Peer.Receive().Count);

        Assert.Equal(CloseReason.Draining, await rig.EndAsync());
    }

    [Fact]
    public async Task APeerThatTakesNothingAnyMoreHasReset()
    {
        var rig = new PumpRig(new FakeGrain(answers: false));
        rig.Peer.Send("one\n");
        rig.Peer.BreakOutput();

        Pending(rig).Answer();

        Assert.Equal(CloseReason.PeerReset, await rig.EndAsync());
    }

    [Fact]
    public async Task FaultsOfTheTransportAndTheBackendPass()
    {
        var reset = new PumpRig();
        reset.Peer.BreakInput(new ConnectionResetException("cut"));
        await Assert.ThrowsAsync<ConnectionResetException>(reset.EndAsync);

        foreach (var fault in (Exception[])[new BackendUnavailableException("gone"), new NotSupportedException("odd"), new OperationCanceledException()])
        {
            var rig = new PumpRig(new FakeGrain(answers: false));
            rig.Peer.Send("one\n");
            Pending(rig).Fail(fault);
            Assert.Same(fault, await Assert.ThrowsAnyAsync<Exception>(rig.EndAsync));
        }
    }

    [Fact]
    public void TheGrainGetsTheTokenOfItsConnection()
    {
        var rig = new PumpRig(new FakeGrain(answers: false));
        rig.Peer.Send("one\n");

        Assert.Equal(rig.Cancellation.Token, Pending(rig).CancellationToken);
    }

    private static EchoCall Pending(PumpRig rig) => rig.Grain.Pending ?? throw new InvalidOperationException("No call is outstanding.");
}
