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

        pool.Receive(new LeaseReply { Outcome = LeaseOutcome.Granted, Number = asked.Number, Epoch = 1, Lease = TimeSpan.FromSeconds(4), Renew = Renew }, _now);

        Assert.True(pool.NextAskAt(waiting: 0) <= _now);
        Assert.Equal((1, false), (pool.BeginRequest(_now, waiting: 0).Held, pool.IsUnlimited));
    }

    private void Answer(PermitPool pool, int granted, TimeSpan lease)
    {
        var request = pool.BeginRequest(_now, waiting: 1);
        _now += TimeSpan.FromMilliseconds(2);
        pool.Receive(new LeaseReply { Outcome = LeaseOutcome.Granted, Number = request.Number, Epoch = 1, Granted = granted, Target = granted, Lease = lease, Renew = Renew }, _now);
    }
}
