using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;

namespace OrleansEcho.Quota.Tests.Simulation;

/// <content>What QuotaKeeper does: it asks when the pool is due, one request at a time.</content>
internal sealed partial class SimulatedGateway
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2); // QuotaKeeper

    private readonly Queue<TimeSpan> _asked = new();
    private int _asking; // number of the request under way; 0 for none
    private long _wakesAt = long.MaxValue;

    private void Drive()
    {
        if (IsDead) return;
        var next = Pool.NextAskAt(_waiting.Count);
        if (next > Now)
        {
            WakeAt(next);
            return;
        }

        var request = Pool.BeginRequest(Now, _waiting.Count);
        Notice();
        CheckRate();
        Send(request);
        _asking = (int)request.Number;
        At(Now + Patience, () => Fail((int)request.Number));
    }

    private void WakeAt(TimeSpan time)
    {
        if (time == TimeSpan.MaxValue) return;
        var moment = Math.Max(_world.Now + 1, _clock.When(time));
        if (moment >= _wakesAt) return;
        _wakesAt = moment;
        _world.At(moment, this, () =>
        {
            if (_wakesAt != moment) return;
            _wakesAt = long.MaxValue;
            Drive();
        });
    }

    private void Send(LeaseRequest request)
    {
        if (QuotaLedger.FaultIn(request) is { } fault) throw new ViolationException(Invariant.CountsAreSane, $"{Holder} asks: {fault}");
        _coverage.See(Sight.Requests);
        var hasArrived = false;
        _network.Carry(Index, _dice, null, () =>
        {
            var isRepeated = hasArrived;
            hasArrived = true;
            _directory.Ask(Index, request, reply =>
            {
                if (isRepeated && reply?.Outcome is LeaseOutcome.Granted) _coverage.See(Sight.RepeatedAnswers);
                _network.Carry(Index, _dice, this, () =>
                {
                    if (reply is null) Fail((int)request.Number);
                    else Receive(request, reply);
                });
            });
        });
    }

    private void Receive(LeaseRequest request, LeaseReply reply)
    {
        _world.Trace?.Say(_world.Now, $"{Holder}: answered {request.Number} {reply.Outcome} {reply.Granted} for {reply.Lease.TotalMilliseconds:0}, target {reply.Target}, {reply.Denial}, epoch {reply.Epoch}");
        Check(request, reply);
        Count(reply);
        if (_sabotage is Sabotage.StaleReplyIsTaken && _asking is not 0) reply = reply with { Number = _asking };
        Pool.Receive(reply, Now);
        if (!Pool.IsAsking) _asking = 0;
        Notice();
        ServeWaiting();
        Drive();
    }

    private void Check(LeaseRequest request, LeaseReply reply)
    {
        if (reply.Outcome is LeaseOutcome.Granted && reply.Granted > request.Held && reply.Epoch < request.Epoch)
        {
            throw new ViolationException(Invariant.GrowthIsUpToDate, $"{Holder} has seen epoch {request.Epoch} and is lent {reply.Granted} instead of {request.Held} by epoch {reply.Epoch}");
        }

        if (reply.Outcome is LeaseOutcome.LeaseLost && reply.Number == _asking && Believed > 0 && LosesNoLease)
        {
            throw new ViolationException(Invariant.LeaseIsKept, $"{Holder} holds {Believed} and is told that its lease is lost");
        }
    }

    private void Count(LeaseReply reply)
    {
        _coverage.See(reply.Outcome switch
        {
            LeaseOutcome.Granted => reply.Lease < _lease ? Sight.FallbackRenewals : Sight.Granted,
            LeaseOutcome.Unlimited => Sight.Unlimited,
            LeaseOutcome.Stale => Sight.StaleAnswers,
            LeaseOutcome.LeaseLost => Sight.LeaseLost,
            _ => Sight.Unavailable,
        });
    }

    private void Fail(int number)
    {
        if (_asking != number) return;
        _asking = 0;
        Pool.Fail(Now);
        Notice();
        ServeWaiting();
        Drive();
    }

    // Every request has a round trip before it: more than this is a pool that asks and asks without a reason.
    private void CheckRate()
    {
        const int most = 100;
        _asked.Enqueue(Now);
        if (_asked.Count <= most) return;
        var first = _asked.Dequeue();
        if (Now - first < TimeSpan.FromSeconds(1)) throw new ViolationException(Invariant.AskingIsBounded, $"{Holder} has asked {most} times within {(Now - first).TotalMilliseconds:0} ms");
    }
}
