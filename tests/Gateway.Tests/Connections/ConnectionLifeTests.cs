using System.Net.Sockets;
using CsCheck;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Tests.Connections;

public sealed class ConnectionLifeTests
{
    private static readonly ConnectionLimits Limits =
        PumpRig.Limits with { SendTimeout = TimeSpan.FromSeconds(3), Linger = TimeSpan.FromSeconds(1) };

    private readonly FakeTimeProvider _time = new();

    /// <summary>Every way in which a connection can end or not begin.</summary>
    public enum Outcome
    {
        PeerClosed,
        Truncated,
        TooLong,
        InputReset,
        OutputReset,
        BackendUnavailable,
        BackendFault,
        CloseFault,
        Drained,
        Aborted,
        NeverReads,
        NotReachable,
        NotOpened,
        OpenFault,
    }

    [Theory]
    [InlineData(RejectReason.TooManyConnections)]
    [InlineData(RejectReason.BackendUnavailable)]
    [InlineData(RejectReason.Draining)]
    public async Task ARefusedPeerIsToldWhyAndCountedOnce(RejectReason reason)
    {
        await using var rig = new GatewayRig(time: _time, options: new() { MaxConnections = 1 });
        using var rejected = rig.Collect("echo.gateway.connections.rejected");
        using var accepted = rig.Collect("echo.gateway.connections.accepted");
        using var active = rig.Collect("echo.gateway.connections.active");
        var held = reason is RejectReason.TooManyConnections ? await rig.AdmitAsync() : null;
        rig.Backend.IsReachable = reason is not RejectReason.BackendUnavailable;
        if (reason is RejectReason.Draining) rig.Admission.Drain();

        var (peer, life) = Begin(rig);
        var words = peer.ReceivedText;
        peer.Finish();
        await life.WithinAsync("the life of a refused connection");

        Assert.Equal($"-ERR {reason} {ReasonTexts.For(reason)}\n", words);
        var measurement = Assert.Single(rejected.Counted());
        Assert.Equal((1, reason.ToString()), (measurement.Value, measurement.Tags["echo.reject.reason"]));
        Assert.Equal(1, accepted.GetMeasurementSnapshot().Sum(m => m.Value));
        Assert.Empty(active.Counted());
        Assert.Empty(rig.Backend.Openings);
        held?.Dispose();
    }

    [Theory]
    [InlineData(RejectReason.BackendUnavailable)]
    [InlineData(RejectReason.Overloaded)]
    public async Task AConnectionWhoseGrainDoesNotOpenIsRefused(RejectReason reason)
    {
        await using var rig = new GatewayRig(time: _time);
        rig.Backend.OpenFault = reason is RejectReason.Overloaded
            ? new BackendOverloadedException("much to do")
            : new BackendUnavailableException("no silo");

        var (peer, life) = Begin(rig);

        Assert.StartsWith($"-ERR {reason} ", peer.ReceivedText, StringComparison.Ordinal);
        peer.Finish();
        await life.WithinAsync("the life of a refused connection");
    }

    [Fact]
    public async Task ARefusedConnectionHoldsNeitherPlaceNorPermitWhileItIsTold()
    {
        var quota = new FakeQuota(_time);
        quota.Grant(1);
        await using var rig = new GatewayRig(time: _time, options: new() { MaxConnections = 1 }, quota: quota.Limiter);
        rig.Backend.OpenFault = new BackendUnavailableException("no silo");

        var (peer, life) = Begin(rig);
        Assert.StartsWith("-ERR BackendUnavailable ", peer.ReceivedText, StringComparison.Ordinal);
        Assert.False(life.IsCompleted); // it waits for the peer to take the words
        using (var next = await rig.AdmitAsync()) Assert.Null(next.Rejection);

        peer.Finish();
        await life.WithinAsync("the life of a refused connection");
        Assert.Equal((1, 0), (quota.Limiter.State.Held, quota.Limiter.State.Open)); // given back once
    }

    [Fact]
    public async Task ARefusedPeerThatTakesNothingLosesItsSocket()
    {
        await using var rig = new GatewayRig(time: _time);
        rig.Backend.IsReachable = false;
        var transport = new TaskCompletionSource();
        var life = Begin(rig, new PipeConnection(), () => new(transport.Task), () => transport.TrySetResult(), CancellationToken.None);
        _time.Advance(Limits.Linger); // the words stay in the transport: nobody reads them
        Assert.False(life.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));

        await life.WithinAsync("the life of a refused connection");
    }

    [Fact]
    public async Task OneThatWaitsForASiloIsToldBeforeItsLeaseEnds()
    {
        var quota = new FakeQuota(_time);
        quota.Grant(1);
        var grain = new FakeGrain(answers: false);
        await using var rig = new GatewayRig(new FakeBackend(() => grain), _time, quota: quota.Limiter);
        var peer = new PipeConnection();
        var aborts = 0;
        var life = Begin(rig, peer, () => default, () => aborts++, CancellationToken.None);
        peer.Send("owed\n");
        var call = await grain.NextCallAsync();

        _time.Advance(FakeQuota.Lease - TimeSpan.FromSeconds(0.9));
        rig.Registry.CheckAll();
        Assert.False(call.CancellationToken.IsCancellationRequested); // a silo may still answer
        _time.Advance(TimeSpan.FromSeconds(0.1));
        rig.Registry.CheckAll();
        await CancelledAsync(call.CancellationToken);
        call.Fail(new OperationCanceledException(call.CancellationToken));

        await Deadline.UntilAsync(() => Task.FromResult(peer.Receive().Count > 0), "the peer to be told");
        Assert.StartsWith("-ERR QuotaLost ", peer.ReceivedText, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(0.1)); // and that is all that it has to take the words
        await life.WithinAsync("the life of a connection whose lease ends");
        Assert.Equal((CloseReason.QuotaLost, 0), (await grain.Closed.WithinAsync("the grain's close"), aborts));
    }

    [Fact]
    public async Task OneThatIsOpeningIsToldBeforeItsLeaseEnds()
    {
        var quota = new FakeQuota(_time);
        quota.Grant(1);
        await using var rig = new GatewayRig(time: _time, quota: quota.Limiter);
        rig.Backend.BeforeOpen = new TaskCompletionSource().Task;
        var aborts = 0;
        var peer = new PipeConnection();
        var life = Begin(rig, peer, () => default, () => aborts++, CancellationToken.None);

        _time.Advance(FakeQuota.Lease - TimeSpan.FromSeconds(0.8));
        rig.Registry.CheckAll();

        await Deadline.UntilAsync(() => Task.FromResult(peer.Receive().Count > 0), "the peer to be told");
        Assert.StartsWith("-ERR QuotaUnavailable ", peer.ReceivedText, StringComparison.Ordinal);
        peer.Finish();
        await life.WithinAsync("the life of a connection whose lease ends");
        Assert.Equal(0, aborts);
    }

    [Fact]
    public async Task OnlySoManyRefusedPeersAreWaitedForAtATime_AndTheOthersAreToldAsWell()
    {
        await using var rig = new GatewayRig(time: _time);
        rig.Backend.IsReachable = false;
        var waited = Enumerable.Range(0, ConnectionLife.MaxRefusalsAtATime).Select(_ => Begin(rig)).ToList();
        Assert.All(waited, t => Assert.False(t.Life.IsCompleted));

        var (peer, life) = Begin(rig);
        await life.WithinAsync("the life of a peer that nobody waits for");
        Assert.StartsWith("-ERR BackendUnavailable ", peer.ReceivedText, StringComparison.Ordinal);

        waited[0].Peer.Finish();
        await waited[0].Life.WithinAsync("the first peer that was waited for");
        Assert.False(Begin(rig).Life.IsCompleted);
    }

    [Theory]
    [InlineData(Outcome.PeerClosed, CloseReason.PeerClosed, "")]
    [InlineData(Outcome.Truncated, CloseReason.TruncatedFrame, "-ERR TruncatedFrame the last message was not complete\n")]
    [InlineData(Outcome.TooLong, CloseReason.FrameTooLong, "-ERR FrameTooLong a message has at most 1000 bytes here\n")]
    [InlineData(Outcome.InputReset, CloseReason.PeerReset, "")]
    [InlineData(Outcome.OutputReset, CloseReason.PeerReset, "")]
    [InlineData(Outcome.BackendUnavailable, CloseReason.BackendUnavailable,
        "-ERR BackendUnavailable no silo answered in time; messages without an echo may or may not have been handled\n")]
    [InlineData(Outcome.BackendFault, CloseReason.InternalError, "-ERR InternalError a fault of the gateway, which is in its log\n")]
    [InlineData(Outcome.CloseFault, CloseReason.PeerClosed, "")]
    [InlineData(Outcome.Drained, CloseReason.Draining, "-ERR Draining this gateway is stopping; connect again to reach another\n")]
    [InlineData(Outcome.Aborted, CloseReason.Aborted, "")]
    [InlineData(Outcome.NeverReads, CloseReason.SendTimeout, "")]
    public async Task EveryEndHasItsReasonAndItsWords(Outcome outcome, CloseReason reason, string words)
    {
        var grain = MakeGrain(outcome);
        await using var rig = new GatewayRig(new FakeBackend(() => grain), _time) { ExpectsErrors = true };
        using var closed = rig.Collect("echo.gateway.connections.closed");
        using var active = rig.Collect("echo.gateway.connections.active");

        var peer = await LiveAsync(rig, outcome, grain);

        Assert.Equal(reason, await grain.Closed.WithinAsync("the grain's close"));
        var measurement = Assert.Single(closed.Counted());
        Assert.Equal((1, reason.ToString()), (measurement.Value, measurement.Tags["echo.close.reason"]));
        Assert.Equal([1, -1], active.Counted().Select(m => m.Value));
        Assert.Equal(0, rig.Registry.Count);
        if (outcome is not (Outcome.OutputReset or Outcome.NeverReads)) Assert.Equal(words, peer.ReceivedText);
        var isOurs = outcome is Outcome.BackendFault or Outcome.CloseFault;
        Assert.Equal(isOurs ? 1 : 0, rig.Log.GetSnapshot().Count(r => r.Level is LogLevel.Error));
    }

    [Fact]
    public async Task AfterAnyOutcomesThereIsRoomForAsManyConnectionsAsBefore() =>
        await Gen.Enum<Outcome>().Array[1, 12].SampleAsync(
            async outcomes =>
            {
                var outcome = default(Outcome);
                var grain = new FakeGrain();
                var backend = new FakeBackend(() => grain = MakeGrain(outcome));
                await using var rig = new GatewayRig(backend, _time, new() { MaxConnections = 2 }) { ExpectsErrors = true };
                using var active = rig.Collect("echo.gateway.connections.active");
                foreach (var next in outcomes)
                {
                    if (next is Outcome.Drained) continue; // nothing is admitted after it
                    outcome = next;
                    backend.IsReachable = outcome is not Outcome.NotReachable;
                    backend.OpenFault = outcome switch
                    {
                        Outcome.NotOpened => new BackendUnavailableException("no silo"),
                        Outcome.OpenFault => new NotSupportedException("odd"),
                        _ => null,
                    };
                    await LiveAsync(rig, outcome, null, () => grain);
                }

                backend.IsReachable = true;
                using var first = await rig.AdmitAsync();
                using var second = await rig.AdmitAsync();
                using var third = await rig.AdmitAsync();
                Assert.Equal([null, null, RejectReason.TooManyConnections], [first.Rejection, second.Rejection, third.Rejection]);
                Assert.Equal(0, active.GetMeasurementSnapshot().Sum(m => m.Value));
                Assert.Equal(0, rig.Registry.Count);
            },
            iter: 200,
            threads: 1);

    [Fact]
    public async Task TheTicketIsHeldUntilTheTransportIsClosed()
    {
        await using var rig = new GatewayRig(time: _time, options: new() { MaxConnections = 1 });
        var transport = new TaskCompletionSource();
        var peer = new PipeConnection();
        var life = Begin(rig, peer, () => new(transport.Task), () => { }, CancellationToken.None);
        peer.Finish();

        using (var refused = await rig.AdmitAsync()) Assert.Equal(RejectReason.TooManyConnections, refused.Rejection);
        transport.SetResult();
        await life.WithinAsync("the life of a connection");

        using var admitted = await rig.AdmitAsync();
        Assert.Null(admitted.Rejection);
    }

    [Fact]
    public async Task AConnectionThatWasAdmittedJustBeforeTheDrainIsAskedToClose()
    {
        var opening = new TaskCompletionSource();
        await using var rig = new GatewayRig(time: _time);
        rig.Backend.BeforeOpen = opening.Task;
        var (peer, life) = Begin(rig);
        rig.Admission.Drain();
        rig.Registry.RequestCloseAll();

        opening.SetResult();

        Assert.StartsWith("-ERR Draining ", peer.ReceivedText, StringComparison.Ordinal);
        peer.Finish();
        await life.WithinAsync("the life of a connection");
    }

    [Fact]
    public async Task EachConnectionHasAnIdOfItsOwn()
    {
        await using var rig = new GatewayRig(time: _time, options: new() { Name = "gateway-7" });
        foreach (var (peer, life) in Enumerable.Range(0, 3).Select(_ => Begin(rig)).ToList())
        {
            peer.Finish();
            await life.WithinAsync("the life of a connection");
        }

        Assert.Equal(3, rig.Backend.Openings.Select(o => o.Id).Distinct().Count());
        Assert.All(rig.Backend.Openings, o => Assert.Equal(
            ("gateway-7", "test", "the peer", 1L), (o.Opening.Gateway, o.Opening.Listener, o.Opening.Peer, o.Opening.NextSequence)));
        Assert.All(rig.Backend.Openings, o => Assert.Equal(_time.GetUtcNow(), o.Opening.OpenedAt));
    }

    private static Task CancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.UnsafeRegister(_ => cancelled.TrySetResult(), null);
        return cancelled.Task.WithinAsync("a wait to be given up");
    }

    private static FakeGrain MakeGrain(Outcome outcome) =>
        new(answers: outcome is not (Outcome.BackendFault or Outcome.BackendUnavailable or Outcome.Aborted))
        {
            CloseFault = outcome is Outcome.CloseFault ? new NotSupportedException("odd") : null,
        };

    private static (PipeConnection Peer, Task Life) Begin(GatewayRig rig)
    {
        var peer = new PipeConnection();
        return (peer, Begin(rig, peer, () => default, () => { }, CancellationToken.None));
    }

    private static Task Begin(GatewayRig rig, PipeConnection peer, Func<ValueTask> close, Action abort, CancellationToken cancellationToken)
    {
        var metrics = rig.Metrics.ForListener("test", "tcp", "line");
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null); // so that what a connection does at once is done when this returns
        try
        {
            return rig.Life.RunAsync(new AcceptedConnection("test", "the peer", peer, () => 0, () => Task.CompletedTask, close, abort,
                Framings.Line, Limits, metrics), cancellationToken);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Leads a connection to an outcome and waits until its life is over.</summary>
    private async Task<PipeConnection> LiveAsync(GatewayRig rig, Outcome outcome, FakeGrain? grain, Func<FakeGrain>? latest = null)
    {
        using var abort = new CancellationTokenSource();
        var transport = new TaskCompletionSource();
        if (outcome is not Outcome.NeverReads) transport.SetResult();
        var peer = new PipeConnection();
        var life = Begin(rig, peer, () => new(transport.Task), () => transport.TrySetResult(), abort.Token);
        grain ??= latest!();
        switch (outcome)
        {
            case Outcome.Truncated:
                peer.Send("no end");
                break;
            case Outcome.TooLong:
                peer.Send(new string('x', 1001));
                break;
            case Outcome.InputReset:
                peer.BreakInput(new ConnectionResetException("cut", new SocketException((int)SocketError.ConnectionReset)));
                break;
            case Outcome.OutputReset:
                peer.BreakOutput();
                peer.Send("one\n");
                break;
            case Outcome.BackendUnavailable:
                peer.Send("one\n");
                grain.Pending!.Fail(new BackendUnavailableException("no silo"));
                break;
            case Outcome.BackendFault:
                peer.Send("one\n");
                grain.Pending!.Fail(new NotSupportedException("odd"));
                break;
            case Outcome.Drained:
                rig.Admission.Drain();
                rig.Registry.RequestCloseAll();
                break;
            case Outcome.Aborted:
                peer.Send("one\n");
                await abort.CancelAsync();
                grain.Pending!.Fail(new OperationCanceledException(abort.Token));
                break;
            default:
                break;
        }

        if (outcome is not Outcome.InputReset) peer.Finish();
        if (outcome is Outcome.NeverReads) _time.Advance(Limits.SendTimeout);
        await life.WithinAsync($"the life of a connection that ends with {outcome}");
        return peer;
    }
}
