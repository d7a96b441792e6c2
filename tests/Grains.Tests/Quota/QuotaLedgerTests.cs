using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;
using static OrleansEcho.Grains.Tests.Quota.LedgerRig;

namespace OrleansEcho.Grains.Tests.Quota;

public sealed class QuotaLedgerTests
{
    private static readonly TimeSpan Guarded = QuotaTerms.WaitFor(Terms.Lease);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly LedgerRig _rig = new();

    [Fact]
    public void MarginIsMoreThanTheWorstTwoClocksDiffer() =>
        Assert.True(QuotaTerms.WaitFor(TimeSpan.FromSeconds(15)) > TimeSpan.FromSeconds(15 * 1.05 / 0.95));

    [Fact]
    public void WhatIsNeededIsLentInFull_WhatIsOnlyWantedInPart()
    {
        Assert.Equal(4, _rig.Ask(Request("g", 1, needed: 4, wanted: 4)).Granted);
        var reply = _rig.Ask(Request("h", 1, wanted: 6));
        Assert.InRange(reply.Granted, 1, 3); // there are two gateways, and six permits
        Assert.Equal(QuotaDenial.None, reply.Denial);
    }

    [Fact]
    public void NearTheLimit_SinglePermitsAreLentOnTop()
    {
        Assert.Equal(9, _rig.Ask(Request("g", 1, needed: 9)).Granted);
        Assert.Equal(1, _rig.Ask(Request("h", 1, wanted: 64)).Granted);
    }

    [Fact]
    public void RepeatedRequest_HasTheSameAnswer_AndLendsNothingTwice()
    {
        var request = Request("g", 1, needed: 4);
        var first = _rig.Ask(request);
        Assert.Equal(first, _rig.Ask(request));
        Assert.Equal(4, _rig.Ledger.Describe(_rig.Now).Leased);
        _rig.Ask(Request("g", 2, held: 4, inUse: 4));
        Assert.Equal(LeaseOutcome.Stale, _rig.Ask(request).Outcome);
        Assert.Equal(4, _rig.Ledger.Describe(_rig.Now).Leased);
    }

    [Fact]
    public void HolderThatClaimsMoreThanItWasLent_IsToldSo_AndTheCountStays()
    {
        _rig.Ask(Request("g", 1, needed: 4));
        Assert.Equal(LeaseOutcome.LeaseLost, _rig.Ask(Request("g", 2, held: 5, inUse: 5)).Outcome);
        Assert.Equal(LeaseOutcome.LeaseLost, _rig.Ask(Request("stranger", 7, held: 1)).Outcome);
        Assert.Equal(4, _rig.Ledger.Describe(_rig.Now).Leased);
        Assert.Equal(6, _rig.Ask(Request("h", 1, needed: 10)).Granted);
    }

    [Fact]
    public void LeaseEndsHereLaterThanAtItsHolder_AndItsPermitsAreFreeThen()
    {
        _rig.Ask(Request("g", 1, needed: 10));
        _rig.Now += Guarded - Moment;
        Assert.Equal((0, QuotaDenial.LimitReached), _rig.Ask(Request("h", 1, needed: 10)) is var early ? (early.Granted, early.Denial) : default);
        _rig.Now += Moment;
        Assert.Equal(10, _rig.Ask(Request("h", 2, needed: 10)).Granted);
        Assert.Equal(1, _rig.Ledger.Counts.Expired);
        Assert.Equal(LeaseOutcome.LeaseLost, _rig.Ask(Request("g", 2, held: 10, inUse: 10)).Outcome);
    }

    [Fact]
    public void GivingBackIsNothingButHoldingLess()
    {
        _rig.Ask(Request("g", 1, needed: 10));
        _rig.Ask(Request("g", 2, held: 3, inUse: 3));
        Assert.Equal(7, _rig.Ask(Request("h", 1, needed: 10)).Granted);
        _rig.Ask(Request("g", 3) with { IsLast = true });
        Assert.Equal(10, _rig.Ask(Request("h", 2, held: 7, inUse: 7, needed: 10)).Granted);
    }

    [Fact]
    public void NextActivation_KnowsWhatWasLent_AndTakesItForJustGranted()
    {
        _rig.Ask(Request("g", 1, needed: 6));
        var next = new LedgerRig(stored: _rig.Stored, id: "b") { Now = _rig.Now };
        Assert.Equal(4, next.Ask(Request("h", 1, needed: 10)).Granted);
        Assert.True(next.Ledger.Describe(next.Now).Epoch > _rig.Ledger.Describe(_rig.Now).Epoch);
        Assert.Equal(LeaseOutcome.Stale, next.Ask(Request("g", 1, needed: 6)).Outcome);
        Assert.Equal(6, next.Ask(Request("g", 2, held: 6, inUse: 6)).Granted);
    }

    [Fact]
    public void LateRequestFromBeforeTheLastRaise_IsKnownToBeLate_AfterAnActivationWasLost()
    {
        _rig.Ask(Request("g", 1, needed: 3));
        _rig.Ask(Request("g", 2, held: 3, inUse: 3, needed: 8));
        var next = new LedgerRig(stored: _rig.Stored, id: "b") { Now = _rig.Now };
        Assert.Equal(LeaseOutcome.Stale, next.Ask(Request("g", 1, held: 0, needed: 3)).Outcome);
        Assert.Equal(8, next.Ledger.Describe(next.Now).Leased);
    }

    [Fact]
    public void ShorterLeaseInTheConfiguration_DoesNotShortenWhatWasLentBefore()
    {
        _rig.Ask(Request("g", 1, needed: 10));
        var next = new LedgerRig(Terms with { Lease = TimeSpan.FromSeconds(3), Renew = TimeSpan.FromSeconds(1) }, _rig.Stored, "b") { Now = _rig.Now };
        next.Ask(Request("g", 2, held: 10, inUse: 10));
        var third = new LedgerRig(Terms with { Lease = TimeSpan.FromSeconds(3), Renew = TimeSpan.FromSeconds(1) }, next.Stored, "c") { Now = next.Now };
        third.Now += Guarded - Moment;
        Assert.Equal(0, third.Ask(Request("h", 1, needed: 1)).Granted);
    }

    [Fact]
    public void WithoutARecord_NothingNewIsLentForOneLease_AndClaimsAreBelieved()
    {
        var rig = new LedgerRig(Terms with { MayHaveForgotten = true });
        Assert.Equal((0, QuotaDenial.Relearning), rig.Ask(Request("new", 1, needed: 1)) is var first ? (first.Granted, first.Denial) : default);
        Assert.Equal(9, rig.Ask(Request("old", 8, held: 9, inUse: 9)).Granted);
        Assert.False(rig.Stored!.IsComplete);

        var next = new LedgerRig(Terms with { MayHaveForgotten = true }, rig.Stored, "b") { Now = rig.Now }; // lost while it relearned
        next.Now += Guarded - Moment;
        Assert.Equal(QuotaDenial.Relearning, next.Ask(Request("new", 2, needed: 2)).Denial);
        next.Ask(Request("old", 9, held: 9, inUse: 9));
        next.Now += Moment;
        Assert.Equal(1, next.Ask(Request("new", 3, needed: 2)).Granted);
        Assert.True(next.Stored!.IsComplete);
    }

    [Fact]
    public void StoreThatWentBackInTime_IsNotTrusted()
    {
        _rig.Ask(Request("g", 1, needed: 5));
        var next = new LedgerRig(stored: _rig.Stored! with { Holders = [] }, id: "b") { Now = _rig.Now };
        var reply = next.Ask(Request("g", 2, held: 5, inUse: 5, epoch: 7));
        Assert.Equal((LeaseOutcome.Granted, 5, true), (reply.Outcome, reply.Granted, reply.Epoch > 7));
        Assert.Equal(QuotaDenial.Relearning, next.Ask(Request("h", 1, needed: 1)).Denial);
    }

    [Fact]
    public void StoreDown_NothingNewIsLent_AndRenewalsLastAsLongAsTheLastGoodWriteCovers()
    {
        _rig.Ask(Request("g", 1, needed: 5));
        _rig.Now += TimeSpan.FromSeconds(4);
        var reply = _rig.AskWithoutStore(Request("g", 2, held: 5, inUse: 5, needed: 6), writes: false);
        Assert.Equal((LeaseOutcome.Granted, 5, Terms.Lease - TimeSpan.FromSeconds(4), QuotaDenial.StorageUnavailable), (reply.Outcome, reply.Granted, reply.Lease, reply.Denial));
        _rig.Now += Terms.Lease;
        Assert.Equal(LeaseOutcome.Unavailable, _rig.AskWithoutStore(Request("g", 3, held: 5, inUse: 5), writes: false).Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WriteWhoseOutcomeIsNotKnown_HasLentNothing(bool wasWritten)
    {
        _rig.Ask(Request("g", 1, needed: 5));
        Assert.Equal(5, _rig.AskWithoutStore(Request("g", 2, held: 5, inUse: 5, needed: 9), wasWritten).Granted);
        Assert.Equal(5, _rig.Ledger.Describe(_rig.Now).Leased);
        Assert.Equal(5, _rig.Ask(Request("h", 1, needed: 9)).Granted);
        Assert.Equal(10, _rig.Stored!.Holders.Sum(h => h.Leased));
    }

    [Fact]
    public void SomebodyElsesRecord_EndsAnActivation()
    {
        _rig.Ask(Request("g", 1, needed: 5));
        _rig.AskWithoutStore(Request("g", 2, held: 5, inUse: 5), writes: false);
        _rig.Ledger.Loaded(_rig.Stored! with { Writer = "b", Epoch = 9 }, _rig.Now);
        Assert.True(_rig.Ledger.IsSuperseded);
    }

    [Fact]
    public void IdlePermits_AreCalledBackForWhoIsShort()
    {
        _rig.Ask(Request("g", 1, needed: 10));
        Assert.Equal(QuotaDenial.Recalling, _rig.Ask(Request("h", 1, needed: 2)).Denial);
        var reply = _rig.Ask(Request("g", 2, held: 10, inUse: 3, wanted: 10));
        Assert.Equal((10, 8), (reply.Granted, reply.Target));
        _rig.Ask(Request("g", 3, held: 8, inUse: 3, wanted: 10));
        Assert.Equal((2, QuotaDenial.None), _rig.Ask(Request("h", 2, needed: 2)) is var served ? (served.Granted, served.Denial) : default);
        Assert.Equal(2, _rig.Ledger.Counts.Recalled);
    }

    [Fact]
    public void HolderThatDiedAfterItWasToldToGiveBack_DoesNotKeepOthersFromBeingTold()
    {
        _rig.Ask(Request("dead", 1, needed: 2));
        _rig.Ask(Request("idle", 1, needed: 8));
        _rig.Ask(Request("short", 1, needed: 2));
        Assert.Equal(0, _rig.Ask(Request("dead", 2, held: 2)).Target);
        _rig.Now += Terms.Renew * 3;
        _rig.Ask(Request("short", 2, needed: 2));
        Assert.Equal(6, _rig.Ask(Request("idle", 2, held: 8, wanted: 8)).Target);
    }

    [Fact]
    public void ShortageStandsLongEnoughToBeMetByAHolderWithIdlePermits()
    {
        _rig.Ask(Request("idle", 1, needed: 10));
        _rig.Ask(Request("short", 1, needed: 1));
        _rig.Now += Terms.Renew / 4;
        _rig.Ask(Request("short", 2)); // whoever wanted one has been refused and is gone
        _rig.Now += Terms.Renew / 4;
        Assert.Equal(9, _rig.Ask(Request("idle", 2, held: 10, wanted: 10)).Target);
    }

    [Fact]
    public void LoweredLimit_TakesTheSameFromEverybody_HoweverOftenTheyAsk()
    {
        var rig = new LedgerRig(Terms with { ClosesNewest = true });
        rig.Ask(Request("g", 1, needed: 5));
        rig.Ask(Request("h", 1, needed: 5));
        rig.Ask(Request("g", 2, held: 5, inUse: 5));
        rig.Ask(Request("h", 2, held: 5, inUse: 5));
        rig.SetLimit(4, 1);
        Assert.Equal(2, rig.Ask(Request("g", 3, held: 5, inUse: 5)).Target);
        for (var i = 4; i < 10; i++) Assert.Equal((2, 0), rig.Ask(Request("g", i, held: 2, inUse: 2)) is var again ? (again.Target, again.Close) : default);
        Assert.Equal(2, rig.Ask(Request("h", 3, held: 5, inUse: 5)).Target);
    }

    [Fact]
    public void RequestFromBeforeAHolderLeft_IsLate()
    {
        _rig.Ask(Request("g", 1, needed: 5));
        _rig.Ask(Request("g", 3) with { IsLast = true });
        Assert.Equal(LeaseOutcome.Stale, _rig.Ask(Request("g", 2, needed: 5)).Outcome);
        Assert.Empty(_rig.Ledger.Describe(_rig.Now).Holders);
        Assert.Equal(0, _rig.Stored!.Holders.Sum(h => h.Leased));
    }

    [Fact]
    public void WhoHoldsMoreThanItsShare_GivesWayAsItsConnectionsEnd()
    {
        _rig.Ask(Request("g", 1, needed: 10));
        _rig.Ask(Request("g", 2, held: 10, inUse: 10));
        Assert.Equal(QuotaDenial.LimitReached, _rig.Ask(Request("h", 1, needed: 3)).Denial);
        Assert.Equal(7, _rig.Ask(Request("g", 3, held: 10, inUse: 10, needed: 12)).Target);
        Assert.Equal(9, _rig.Ask(Request("g", 4, held: 9, inUse: 9, needed: 12)).Granted); // what became free is the other's
        Assert.Equal(1, _rig.Ask(Request("h", 2, needed: 3)).Granted);
    }

    [Fact]
    public void LastPermits_AreDividedAmongWhoNeedsThem()
    {
        foreach (var (holder, number) in new[] { ("a", 1), ("b", 1), ("c", 1) }) _rig.Ledger.Ask(Request(holder, number, needed: 9), _rig.Now);
        Assert.NotNull(_rig.Ledger.BeginWrite(_rig.Now));
        _rig.Ledger.Written(_rig.Now);
        var granted = _rig.Ledger.TakeAnswers().Select(a => a.Lease!.Granted).ToList();
        Assert.Equal(10, granted.Sum());
        Assert.All(granted, g => Assert.InRange(g, 3, 4));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LoweredLimit_LendsNothingUntilEnoughHasComeBack(bool closesNewest)
    {
        var rig = new LedgerRig(Terms with { ClosesNewest = closesNewest });
        rig.Ask(Request("g", 1, needed: 6));
        rig.Ask(Request("h", 1, needed: 4));
        rig.Ask(Request("g", 2, held: 6, inUse: 6));
        rig.Ask(Request("h", 2, held: 4, inUse: 4));
        Assert.Equal(new SetLimitReply(SetLimitOutcome.Changed, 5, 2), rig.SetLimit(5, 1));

        var (g, h) = (rig.Ask(Request("g", 3, held: 6, inUse: 6, needed: 7)), rig.Ask(Request("h", 3, held: 4, inUse: 4)));
        Assert.Equal((6, 3, QuotaDenial.LimitLowered), (g.Granted, g.Target, g.Denial));
        Assert.Equal((4, 2), (h.Granted, h.Target));
        Assert.Equal(closesNewest ? (3, 2) : (0, 0), (g.Close, h.Close));

        rig.Ask(Request("g", 4, held: 3, inUse: 3));
        rig.Ask(Request("h", 4, held: 1, inUse: 1));
        Assert.Equal(4, rig.Ask(Request("g", 5, held: 3, inUse: 3, needed: 7)).Granted);
    }

    [Fact]
    public void RaisedLimit_IsLentAtOnce()
    {
        _rig.Ask(Request("g", 1, needed: 12));
        Assert.Equal(SetLimitOutcome.Changed, _rig.SetLimit(12, 1).Outcome);
        Assert.Equal(12, _rig.Ask(Request("g", 2, held: 10, inUse: 10, needed: 12)).Granted);
        Assert.Equal(12, new LedgerRig(stored: _rig.Stored, id: "b").Ledger.Describe(_rig.Now).Limit);
    }

    [Fact]
    public void OtherVersion_ChangesNothing()
    {
        Assert.Equal(new SetLimitReply(SetLimitOutcome.VersionMismatch, 10, 1), _rig.SetLimit(5, 0));
        var (first, second) = (_rig.Ledger.SetLimit(7, 1, _rig.Now), _rig.Ledger.SetLimit(8, 1, _rig.Now));
        Assert.NotNull(_rig.Ledger.BeginWrite(_rig.Now));
        _rig.Ledger.Written(_rig.Now);
        _rig.Ledger.BeginWrite(_rig.Now);
        Assert.Equal(
            [new(first, Limit: new(SetLimitOutcome.Changed, 7, 2)), new(second, Limit: new(SetLimitOutcome.VersionMismatch, 7, 2))],
            _rig.Ledger.TakeAnswers());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void LimitBelowOne_IsRefused(int limit) => Assert.Throws<ArgumentOutOfRangeException>(() => _rig.Ledger.SetLimit(limit, 1, _rig.Now));

    [Fact]
    public void ChangedConfiguration_IsAChangeOfTheLimit_AnUnchangedOneIsNot()
    {
        _rig.SetLimit(7, 1);
        Assert.Equal((7, 2L), new LedgerRig(stored: _rig.Stored, id: "b").Ledger.Describe(_rig.Now) is var same ? (same.Limit!.Value, same.Version) : default);
        Assert.Equal((20, 3L), new LedgerRig(Terms with { Limit = 20 }, _rig.Stored, "c").Ledger.Describe(_rig.Now) is var changed ? (changed.Limit!.Value, changed.Version) : default);
    }

    [Fact]
    public void WithoutALimit_NothingIsLent_AndOneThatComesCountsWhatIsOpen()
    {
        var rig = new LedgerRig(Terms with { Limit = null });
        Assert.Equal(LeaseOutcome.Unlimited, rig.Ask(Request("g", 1, held: 30, inUse: 30)).Outcome);
        Assert.Null(rig.Stored!.Limit);
        Assert.Equal(30, rig.Ledger.Describe(rig.Now).InUse);

        Assert.Equal(SetLimitOutcome.Changed, rig.SetLimit(20, 1).Outcome);
        Assert.Equal((LeaseOutcome.Granted, 30), rig.Ask(Request("g", 2, held: 30, inUse: 30)) is var reply ? (reply.Outcome, reply.Granted) : default);
        Assert.Equal(QuotaDenial.Relearning, rig.Ask(Request("h", 1, needed: 1)).Denial);
        rig.Now += Guarded - Moment;
        rig.Ask(Request("g", 3, held: 30, inUse: 30));
        rig.Now += Moment;
        Assert.Equal(QuotaDenial.LimitLowered, rig.Ask(Request("h", 2, needed: 1)).Denial);
    }

    [Fact]
    public void RequestThatContradictsItself_HasAFault()
    {
        var good = Request("g", 1, held: 2, inUse: 1);
        Assert.Null(QuotaLedger.FaultIn(good));
        Assert.All(
            [
                good with { Holder = "" },
                good with { Holder = new string('x', 101) },
                good with { Gateway = new string('x', 1001) },
                good with { Number = 0 },
                good with { Epoch = -1 },
                good with { Held = -1 },
                good with { InUse = -1 },
                good with { Unleased = -1 },
                good with { InUse = 3, Needed = 3, Wanted = 3 },
                good with { Needed = 0 },
                good with { Unleased = int.MaxValue, Needed = int.MaxValue, Wanted = int.MaxValue },
                good with { Needed = 5, Wanted = 4 },
                good with { Epoch = long.MaxValue },
                good with { Held = int.MaxValue },
                good with { Wanted = int.MaxValue },
            ],
            (LeaseRequest request) => Assert.NotNull(QuotaLedger.FaultIn(request)));
    }
}
