using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Quota.Tests;

/// <summary>How often a pool asks.</summary>
public sealed class PermitPoolAskingTests
{
    private static readonly TimeSpan Renew = TimeSpan.FromSeconds(3);

    private TimeSpan _now = TimeSpan.FromSeconds(100);

    [Fact]
    public void APoolDoesNotAskAtOnce_WhenItsPermitsCannotBeUsed()
    {
        // Without a store a renewal reaches no further than the lease: a strict gateway admits nobody in the last moments of it.
        var pool = new PermitPool("a", "a", QuotaPolicy.Strict, 0);
        Answer(pool, 1, TimeSpan.FromSeconds(1));
        Assert.False(pool.TryAcquire(_now));

        Answer(pool, 1, TimeSpan.FromSeconds(1));

        Assert.Equal(_now + (Renew / 8), pool.NextAskAt(waiting: 1));
    }

    [Fact]
    public void WhatIsNotNeededGoesBack()
    {
        var pool = new PermitPool("a", "a", QuotaPolicy.Strict, 0);
        Answer(pool, 1_000, TimeSpan.FromSeconds(15));

        Assert.Equal(128, pool.BeginRequest(_now, waiting: 0).Held); // two blocks
    }

    [Fact]
    public void APoolSaysAtOnceWhatCameWhileItAsked_WhenThereWasNoLimit()
    {
        var pool = new PermitPool("a", "a", QuotaPolicy.Strict, 0);
        var asked = pool.BeginRequest(_now, waiting: 0);
        pool.Receive(new LeaseReply { Outcome = LeaseOutcome.Unlimited, Number = asked.Number, Epoch = 1, Renew = Renew }, _now);
        asked = pool.BeginRequest(_now, waiting: 0);
        Assert.True(asked.IsUnlimited);
        Assert.True(pool.TryAcquire(_now));

        pool.Receive(new LeaseReply
        {
            Outcome = LeaseOutcome.Granted,
            Number = asked.Number,
            Epoch = 1,
            Lease = TimeSpan.FromSeconds(4),
            Renew = Renew,
        }, _now);

        Assert.True(pool.NextAskAt(waiting: 0) <= _now);
        Assert.Equal((1, false), (pool.BeginRequest(_now, waiting: 0).Held, pool.IsUnlimited));
    }

    [Fact]
    public void APoolThatIsCalledBackGivesAtOnceWhatIsIdle_AndThenWhatEndsAFewTimesInARenewal()
    {
        var pool = new PermitPool("a", "a", QuotaPolicy.Strict, 0);
        Answer(pool, 100, TimeSpan.FromSeconds(15));
        for (var i = 0; i < 90; i++) Assert.True(pool.TryAcquire(_now));
        Answer(pool, 100, TimeSpan.FromSeconds(15), target: 10);
        Assert.True(pool.NextAskAt(waiting: 0) <= _now);

        var asked = 0;
        for (var end = _now + TimeSpan.FromSeconds(3); _now < end && pool.Open > 0; _now += TimeSpan.FromMilliseconds(40))
        {
            pool.Release(pool.Generation);
            if (pool.NextAskAt(waiting: 0) > _now) continue;
            asked++;
            var request = pool.BeginRequest(_now, waiting: 0);
            pool.Release(pool.Generation); // while it asks, another ends
            pool.Receive(new LeaseReply
            {
                Outcome = LeaseOutcome.Granted,
                Number = request.Number,
                Epoch = 1,
                Granted = request.Held,
                Target = 10,
                Lease = TimeSpan.FromSeconds(15),
                Renew = Renew,
            }, _now);
        }

        Assert.InRange(asked, 4, 10);
    }

    private void Answer(PermitPool pool, int granted, TimeSpan lease, int? target = null)
    {
        var request = pool.BeginRequest(_now, waiting: 1);
        _now += TimeSpan.FromMilliseconds(2);
        pool.Receive(new LeaseReply
        {
            Outcome = LeaseOutcome.Granted,
            Number = request.Number,
            Epoch = 1,
            Granted = granted,
            Target = target ?? granted,
            Lease = lease,
            Renew = Renew,
        }, _now);
    }
}
