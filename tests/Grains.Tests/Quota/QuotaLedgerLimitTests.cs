using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;
using static OrleansEcho.Grains.Tests.Quota.LedgerRig;

namespace OrleansEcho.Grains.Tests.Quota;

/// <summary>A limit that comes, goes and changes.</summary>
public sealed class QuotaLedgerLimitTests
{
    private static readonly TimeSpan Guarded = QuotaTerms.WaitFor(Terms.Lease);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly LedgerRig _rig = new();

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
}
