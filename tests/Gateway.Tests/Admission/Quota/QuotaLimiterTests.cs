using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Tests.Admission.Quota;

public sealed class QuotaLimiterTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(3);
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void PermitsAreTakenAndGivenBackOutOfWhatIsHeld()
    {
        var quota = new FakeQuota(_time);
        Assert.False(quota.Limiter.AttemptAcquire().IsAcquired);
        quota.Grant(2);

        var (first, second) = (quota.Limiter.AttemptAcquire(), quota.Limiter.AttemptAcquire());
        Assert.Equal((true, true, false), (first.IsAcquired, second.IsAcquired, quota.Limiter.AttemptAcquire().IsAcquired));
        first.Dispose();
        Assert.True(quota.Limiter.AttemptAcquire().IsAcquired);

        var statistics = quota.Limiter.GetStatistics()!;
        Assert.Equal((0, 0, 3, 2), (statistics.CurrentAvailablePermits, statistics.CurrentQueuedCount, statistics.TotalSuccessfulLeases, statistics.TotalFailedLeases));
    }

    [Fact]
    public async Task TakingAPermitAllocatesNothing()
    {
        var quota = new FakeQuota(_time);
        quota.Grant(200);
        (await quota.Limiter.AcquireAsync(1, Stop)).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) (await quota.Limiter.AcquireAsync(1, Stop)).Dispose(); // never waits: it stays on this thread
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(QuotaDenial.LimitReached, RejectReason.QuotaExceeded)]
    [InlineData(QuotaDenial.LimitLowered, RejectReason.QuotaExceeded)]
    [InlineData(QuotaDenial.Relearning, RejectReason.QuotaUnavailable)]
    [InlineData(QuotaDenial.StorageUnavailable, RejectReason.QuotaUnavailable)]
    public async Task WithoutHope_WhoWaitsIsRefusedAtOnce_WithTheReason(QuotaDenial denial, RejectReason reason)
    {
        var quota = new FakeQuota(_time, wait: Wait);
        var waiting = quota.Limiter.AcquireAsync(1, Stop).AsTask();
        Assert.False(waiting.IsCompleted);
        quota.Grant(0, denial);

        Assert.Equal(reason, Assert.IsType<PermitRefusal>(await waiting.WithinAsync("the answer")).Reason);
        var next = quota.Limiter.AcquireAsync(1, Stop);
        Assert.True(next.IsCompleted); // the next request is not due yet
        Assert.Equal(reason, ((PermitRefusal)await next).Reason);
    }

    [Fact]
    public async Task OldNewsThatTheClusterIsFull_IsNotBelieved_WhenTheQuotaIsAskedAnyway()
    {
        var quota = new FakeQuota(_time, wait: Wait);
        quota.Grant(0, QuotaDenial.LimitReached);
        _time.Advance(FakeQuota.Renew);
        var waiting = quota.Limiter.AcquireAsync(1, Stop).AsTask();
        Assert.False(waiting.IsCompleted);
        quota.Grant(1);
        Assert.True((await waiting.WithinAsync("a permit")).IsAcquired);
    }

    [Fact]
    public async Task WhileIdlePermitsAreCalledBack_WhoeverCameFirstGetsTheFirst()
    {
        var quota = new FakeQuota(_time, wait: Wait);
        var waiting = Enumerable.Range(0, 3).Select(_ => quota.Limiter.AcquireAsync(1, Stop).AsTask()).ToList();
        Assert.Equal(3, quota.Grant(0, QuotaDenial.Recalling).Needed);
        _time.Advance(FakeQuota.Renew / 8);
        Assert.Equal(3, quota.Grant(2, QuotaDenial.Recalling).Needed);

        Assert.True((await waiting[0].WithinAsync("the first")).IsAcquired);
        Assert.True((await waiting[1].WithinAsync("the second")).IsAcquired);
        Assert.False(waiting[2].IsCompleted);
    }

    [Fact]
    public async Task ReleasedPermit_GoesToWhoWaits()
    {
        var quota = new FakeQuota(_time, wait: Wait);
        quota.Grant(1);
        var first = await quota.Limiter.AcquireAsync(1, Stop);
        var waiting = quota.Limiter.AcquireAsync(1, Stop).AsTask();
        Assert.False(waiting.IsCompleted);
        first.Dispose();
        Assert.True((await waiting.WithinAsync("the permit")).IsAcquired);
    }

    [Fact]
    public async Task UntilALimitIsKnown_ConnectionsWaitForTheAnswer_WhateverFailsMeanwhile()
    {
        var time = new WatchedTime();
        var quota = FakeQuota.WithoutAWaitOfItsOwn(time);
        var waiting = quota.Limiter.AcquireAsync(1, Stop).AsTask();
        Assert.Equal(TimeSpan.FromSeconds(5), await time.NextTimerAsync());
        quota.Next();
        quota.Limiter.Fail(); // its silo is starting
        time.Advance(TimeSpan.FromSeconds(2));
        quota.Answer(r => FakeQuota.Reply(r, LeaseOutcome.Unavailable) with { Denial = QuotaDenial.StorageUnavailable }); // its grain has not read its record yet
        var second = quota.Limiter.AcquireAsync(1, Stop).AsTask();
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((false, false), (waiting.IsCompleted, second.IsCompleted));
        Assert.Equal((false, true), (quota.Limiter.IsLimitKnown, quota.Limiter.IsCutOff));

        quota.Answer(r => FakeQuota.Reply(r, LeaseOutcome.Unlimited));

        Assert.True((await waiting.WithinAsync("a permit")).IsAcquired);
        Assert.True((await second.WithinAsync("a permit")).IsAcquired);
        Assert.Equal((true, false), (quota.Limiter.IsLimitKnown, quota.Limiter.IsCutOff));
    }

    [Fact]
    public async Task WhoHasWaitedInVainForTheFirstAnswer_IsToldThatNobodyKnows()
    {
        var time = new WatchedTime();
        var quota = FakeQuota.WithoutAWaitOfItsOwn(time);
        var waiting = quota.Limiter.AcquireAsync(1, Stop).AsTask();
        time.Advance(await time.NextTimerAsync());

        Assert.Equal(RejectReason.QuotaUnavailable, ((PermitRefusal)await waiting.WithinAsync("a refusal")).Reason);
    }

    [Fact]
    public void ItIsCutOff_WithoutALease_AndNotWhenTheClusterIsFull()
    {
        var quota = new FakeQuota(_time);
        quota.Answer(r => FakeQuota.Reply(r) with { Denial = QuotaDenial.Relearning });
        Assert.True(quota.Limiter.IsCutOff);
        _time.Advance(FakeQuota.Renew);
        quota.Grant(1);
        Assert.False(quota.Limiter.IsCutOff);
        quota.Limiter.AttemptAcquire();
        _time.Advance(FakeQuota.Renew);
        quota.Grant(1, QuotaDenial.LimitReached);
        Assert.False(quota.Limiter.IsCutOff);

        _time.Advance(FakeQuota.Renew);
        quota.Next(); // no answer, and none that is known to have failed
        _time.Advance(FakeQuota.Lease);

        Assert.True(quota.Limiter.IsCutOff);
    }

    [Fact]
    public async Task WaitingEnds()
    {
        var time = new WatchedTime();
        var quota = new FakeQuota(time, wait: Wait);
        quota.Grant(0, QuotaDenial.Recalling);
        var waiting = quota.Limiter.AcquireAsync(1, Stop).AsTask();
        Assert.Equal(Wait, await time.NextTimerAsync());
        time.Advance(Wait);
        Assert.Equal(RejectReason.QuotaExceeded, ((PermitRefusal)await waiting.WithinAsync("a refusal")).Reason);

        using var leaving = new CancellationTokenSource();
        var abandoned = quota.Limiter.AcquireAsync(1, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        Assert.Equal(0, quota.Limiter.GetStatistics()!.CurrentQueuedCount);
    }

    [Fact]
    public async Task WhileTheQuotaDoesNotAnswer_ConnectionsWait_AndAreToldWhenTheirTimeIsUp()
    {
        var time = new WatchedTime();
        var quota = new FakeQuota(time, wait: Wait);
        quota.Next();
        quota.Limiter.Fail(); // as a gateway that starts before its silo
        var (first, second) = (quota.Limiter.AcquireAsync(1, Stop).AsTask(), quota.Limiter.AcquireAsync(1, Stop).AsTask());
        await time.NextTimerAsync();
        time.Advance(FakeQuota.Renew / 8);
        quota.Grant(1, QuotaDenial.Recalling);
        Assert.True((await first.WithinAsync("a permit")).IsAcquired);

        time.Advance(FakeQuota.Renew / 8);
        quota.Next();
        quota.Limiter.Fail();
        time.Advance(Wait);
        Assert.Equal(RejectReason.QuotaUnavailable, ((PermitRefusal)await second.WithinAsync("a refusal")).Reason);
    }

    [Fact]
    public async Task NobodyIsLeftWaiting_WhenTheGatewayEnds()
    {
        var quota = new FakeQuota(_time, wait: Wait);
        var waiting = Enumerable.Range(0, 2000).Select(_ => quota.Limiter.AcquireAsync(1, Stop).AsTask()).ToList();
        Assert.DoesNotContain(waiting, w => w.IsCompleted);
        quota.Limiter.Dispose();
        Assert.All(await Task.WhenAll(waiting), lease => Assert.False(lease.IsAcquired));
    }

    [Fact]
    public void StrictPermitIsVoid_WhenItsLeaseHasEnded_EvenIfNobodyHasTicked()
    {
        var quota = new FakeQuota(_time);
        quota.Grant(1);
        var permit = (PermitLease)quota.Limiter.AttemptAcquire();
        _time.Advance(FakeQuota.Lease - TimeSpan.FromMilliseconds(1));
        Assert.False(permit.IsVoid);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(permit.IsVoid);
        Assert.Equal(permit.Generation + 1, quota.Limiter.Tick().AbortBefore);
    }

    [Fact]
    public void LeaseCountsFromTheRequest_NotFromItsReply()
    {
        var quota = new FakeQuota(_time);
        var request = quota.Next();
        _time.Advance(TimeSpan.FromSeconds(2));
        quota.Limiter.Receive(FakeQuota.Reply(request) with { Granted = 1, Target = 1 });
        var permit = (PermitLease)quota.Limiter.AttemptAcquire();
        _time.Advance(FakeQuota.Lease - TimeSpan.FromSeconds(2));
        Assert.True(permit.IsVoid);
    }

    [Fact]
    public void ReplyToAPromiseThatIsVoid_IsIgnored()
    {
        var quota = new FakeQuota(_time);
        quota.Grant(1);
        _time.Advance(FakeQuota.Renew);
        var request = quota.Next();
        _time.Advance(FakeQuota.Lease - FakeQuota.Renew); // the lease that Held was promised under has ended, the new one would last
        quota.Limiter.Receive(FakeQuota.Reply(request) with { Granted = 1, Target = 1 });
        Assert.False(quota.Limiter.AttemptAcquire().IsAcquired);
        Assert.Equal(0, quota.Next().Held);
    }

    [Fact]
    public void StrictGateway_ClosesBeforeTheEnd_AbortsAtTheEnd_AndAdmitsAgainWithANewLease()
    {
        var quota = new FakeQuota(_time);
        quota.Grant(1);
        var old = (PermitLease)quota.Limiter.AttemptAcquire();
        Assert.Equal(new QuotaDemand(old.Generation, 0, 0, null, 0), quota.Limiter.Tick());

        _time.Advance(FakeQuota.Lease - (FakeQuota.Renew / 2));
        var demand = quota.Limiter.Tick();
        Assert.Equal((old.Generation + 1, 0), (demand.CloseBefore, demand.AbortBefore));
        Assert.True(old.IsVoid);
        Assert.False(quota.Limiter.AttemptAcquire().IsAcquired);

        _time.Advance(FakeQuota.Renew / 2);
        Assert.Equal(old.Generation + 1, quota.Limiter.Tick().AbortBefore);
        var request = quota.Grant(1);
        Assert.Equal((0, 1), (request.Held, request.Unleased));
        Assert.False(quota.Limiter.AttemptAcquire().IsAcquired); // the old connection is still open
        old.Dispose();
        var young = (PermitLease)quota.Limiter.AttemptAcquire();
        Assert.True(young.IsAcquired);
        Assert.False(young.IsVoid);
    }

    [Fact]
    public void AvailableGateway_KeepsItsConnections_AndAdmitsNoMoreThanItsReserve()
    {
        var quota = new FakeQuota(_time, QuotaPolicy.Available, reserve: 1);
        quota.Grant(2);
        var (first, second) = ((PermitLease)quota.Limiter.AttemptAcquire(), quota.Limiter.AttemptAcquire());
        _time.Advance(FakeQuota.Lease * 2);
        Assert.Equal(new QuotaDemand(first.Generation, 0, 0, null, 2), quota.Limiter.Tick());
        Assert.False(first.IsVoid);

        Assert.True(quota.Limiter.AttemptAcquire().IsAcquired);
        Assert.False(quota.Limiter.AttemptAcquire().IsAcquired);
        first.Dispose();
        second.Dispose();
        Assert.True(quota.Limiter.AttemptAcquire().IsAcquired); // in place of one of those
        var request = quota.Next();
        Assert.Equal((0, 0, 2), (request.Held, request.InUse, request.Unleased));
    }

    [Fact]
    public async Task TheLimitHoldsHoweverManyAskAtOnce()
    {
        var quota = new FakeQuota(_time);
        quota.Grant(3);
        var admitted = 0;
        await Parallel.ForAsync(0, 20_000, Stop, (_, _) =>
        {
            using var lease = quota.Limiter.AttemptAcquire();
            if (!lease.IsAcquired) return default;
            Assert.InRange(Interlocked.Increment(ref admitted), 1, 3);
            Interlocked.Decrement(ref admitted);
            return default;
        });

        Assert.Equal(3, quota.Limiter.GetStatistics()!.CurrentAvailablePermits);
    }

    [Fact]
    public void PermitsAreFetchedBeforeTheyRunOut_AndNotOneByOne()
    {
        var quota = new FakeQuota(_time);
        var requests = 0;
        for (var i = 0; i < 10_000; i++)
        {
            while (quota.Limiter.TryBeginRequest() is { } request)
            {
                quota.Limiter.Receive(FakeQuota.Reply(request) with { Granted = request.Wanted, Target = request.Wanted });
                requests++;
            }

            Assert.True(quota.Limiter.AttemptAcquire().IsAcquired);
        }

        Assert.InRange(requests, 1, 10_000 / 200);
    }

    [Fact]
    public void PermitsThatAreNotNeeded_GoBack()
    {
        var quota = new FakeQuota(_time);
        quota.Grant(1000);
        _time.Advance(FakeQuota.Renew / 2);
        Assert.InRange(quota.Next().Held, 0, 200);
    }

    [Fact]
    public void RecalledPermits_GoBackAtOnce_AndWhatBecomesIdleFollows()
    {
        var quota = new FakeQuota(_time);
        quota.Grant(10);
        var taken = Enumerable.Range(0, 6).Select(_ => quota.Limiter.AttemptAcquire()).ToList();
        _time.Advance(FakeQuota.Renew);
        quota.Answer(r => FakeQuota.Reply(r) with { Granted = 10, Target = 4 });

        Assert.Equal((6, 6), quota.Answer(r => FakeQuota.Reply(r) with { Granted = 6, Target = 4 }) is var back ? (back.Held, back.InUse) : default);
        taken[0].Dispose();
        Assert.False(quota.Limiter.AttemptAcquire().IsAcquired);
        taken[1].Dispose();
        taken[2].Dispose();
        Assert.True(quota.Limiter.AttemptAcquire().IsAcquired); // down to the target, not below
        _time.Advance(FakeQuota.Renew / 8);
        Assert.Equal(4, quota.Next().Held);
    }
}
