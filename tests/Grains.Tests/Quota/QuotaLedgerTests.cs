using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;
using static OrleansEcho.Grains.Tests.Quota.LedgerRig;

namespace OrleansEcho.Grains.Tests.Quota;

/// <summary>Never more than the limit is lent: whatever requests, activations and the store do.</summary>
public sealed class QuotaLedgerTests
{
    private static readonly TimeSpan Guarded = QuotaTerms.WaitFor(Terms.Lease);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly LedgerRig _rig = new();

    [Fact]
    public void MarginIsMoreThanTheWorstTwoClocksDiffer() =>
        Assert.True(QuotaTerms.WaitFor(TimeSpan.FromSeconds(15)) > TimeSpan.FromSeconds(15 * 1.05 / 0.95));

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
    public void WhileNothingIsLent_WhoeverWantsAnyIsToldSo_AlthoughItNeedsNone()
    {
        var rig = new LedgerRig(Terms with { MayHaveForgotten = true });
        Assert.Equal(QuotaDenial.Relearning, rig.Ask(Request("idle", 1, wanted: 4)).Denial);
        Assert.Equal(QuotaDenial.None, rig.Ask(Request("content", 1, held: 4, wanted: 4)).Denial);
        Assert.Equal(0, rig.Ledger.Counts.Denials(QuotaDenial.Relearning)); // nobody has lacked anything
        rig.Now += Guarded;
        Assert.Equal(QuotaDenial.None, rig.Ask(Request("idle", 2, wanted: 4)).Denial);
        Assert.Equal(QuotaDenial.StorageUnavailable, rig.AskWithoutStore(Request("content", 2, held: 4, wanted: 8), writes: false).Denial);
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
    public void RequestFromBeforeAHolderLeft_IsLate()
    {
        _rig.Ask(Request("g", 1, needed: 5));
        _rig.Ask(Request("g", 3) with { IsLast = true });
        Assert.Equal(LeaseOutcome.Stale, _rig.Ask(Request("g", 2, needed: 5)).Outcome);
        Assert.Empty(_rig.Ledger.Describe(_rig.Now).Holders);
        Assert.Equal(0, _rig.Stored!.Holders.Sum(h => h.Leased));
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
