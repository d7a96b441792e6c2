using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;
using static OrleansEcho.Quota.Tests.LedgerDriver;

namespace OrleansEcho.Quota.Tests;

/// <summary>A table that changes hands: between the clusters of one service, and between activations that do not live long.</summary>
public sealed class SharedQuotaTests
{
    private static readonly QuotaTerms New = Terms with { MayHaveForgotten = true };
    private static readonly TimeSpan Guarded = QuotaTerms.WaitFor(Terms.Lease);
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(0.5);

    private readonly VersionedTable _table = new();

    [Fact]
    public void TwoClustersThatTakeTurns_ComeToTheEndOfTheirWait_AndServeBoth()
    {
        var (blue, green) = (_table.Open("blue", New), _table.Open("green", New));
        var (atBlue, atGreen) = (new LeaseTaker("g", blue), new LeaseTaker("h", green));
        var began = _table.Now;
        while (_table.Now < began + Guarded - Half)
        {
            Assert.Equal((0, QuotaDenial.Relearning), (atBlue.Ask(needed: 6).Granted, atBlue.Last.Denial));
            Assert.Equal((0, QuotaDenial.Relearning), (atGreen.Ask(needed: 4).Granted, atGreen.Last.Denial));
            _table.Now += Half;
        }

        _table.Now += Half * 2; // the first turn of each is counted by nobody
        // While both are short, in equal parts.
        for (var i = 0; i < 8; i++, _table.Now += Half)
        {
            Assert.InRange(atBlue.Ask(needed: 6).Granted + atGreen.Ask(needed: 4).Granted, 4, 10);
        }

        Assert.Equal((6, 4), (atBlue.Last.Granted, atGreen.Last.Granted));
        for (var i = 0; i < 100; i++, _table.Now += Half)
        {
            Assert.Equal((6, QuotaDenial.LimitReached), (atBlue.Ask(needed: 9).Granted, atBlue.Last.Denial)); // renewed, and exact
            Assert.Equal((4, QuotaDenial.LimitReached), (atGreen.Ask(needed: 9).Granted, atGreen.Last.Denial));
        }

        Assert.Equal(("green", "blue"), (blue.SharedWith?.Cluster, green.SharedWith?.Cluster));
    }

    [Fact]
    public void PermitsOfADeadGateway_AreFreeAfterOneLease_AlthoughTwoClustersTakeTurns()
    {
        var (blue, green) = (_table.Open("blue", Terms), _table.Open("green", Terms));
        var (dead, atBlue, atGreen) = (new LeaseTaker("dead", green), new LeaseTaker("g", blue), new LeaseTaker("h", green));
        dead.Ask(needed: 8);
        var died = _table.Now;
        while (_table.Now < died + Guarded + (Terms.Renew * 3))
        {
            Assert.InRange(atBlue.Ask(needed: 6).Granted + atGreen.Ask(needed: 4).Granted, 0, _table.Now < died + Guarded ? 2 : 10);
            _table.Now += Half;
        }

        Assert.Equal(10, atBlue.Ask(needed: 6).Granted + atGreen.Ask(needed: 4).Granted);
    }

    [Fact]
    public void IdlePermits_AreCalledBackForTheOtherCluster()
    {
        var (blue, green) = (_table.Open("blue", Terms), _table.Open("green", Terms));
        var (idle, shortOf) = (new LeaseTaker("idle", blue), new LeaseTaker("short", green));
        idle.Ask(needed: 0, wanted: 10);
        Assert.InRange(idle.Last.Granted, 5, 10);
        idle.Ask(needed: 0, wanted: 10);

        shortOf.Ask(needed: 10);
        idle.Ask(needed: 0);
        Assert.Equal(0, idle.Last.Target);
        idle.GiveBack();

        Assert.Equal(10, shortOf.Ask(needed: 10).Granted);
    }

    [Fact]
    public void IdlePermits_AreCalledBackForTheOtherCluster_ThoughItLacksFewerMeanwhile()
    {
        var (blue, green) = (_table.Open("blue", Terms), _table.Open("green", Terms));
        var (idle, shortOf) = (new LeaseTaker("idle", blue), new LeaseTaker("short", green));
        for (var i = 0; i < 4; i++) idle.Ask(needed: 0, wanted: 10);
        var free = 10 - idle.Last.Granted;

        shortOf.Ask(needed: 10);
        _table.Now += Half;
        shortOf.Ask(needed: 9);
        idle.Ask(needed: 0);

        Assert.Equal(9 - free, idle.Last.Granted - idle.Last.Target);
    }

    [Fact]
    public void AWaitEnds_AlthoughNoActivationLivesAsLong()
    {
        var waited = TimeSpan.Zero;
        for (var i = 0; ; i++)
        {
            Assert.True(waited < Guarded * 2, "The wait began anew with each activation.");
            var gateway = new LeaseTaker($"g{i}", _table.Open("blue", New));
            for (var second = 0; second < 5; second++, _table.Now += TimeSpan.FromSeconds(1), waited += TimeSpan.FromSeconds(1))
            {
                if (gateway.Ask(needed: 10).Denial is QuotaDenial.Relearning) continue;
                Assert.InRange(waited, Guarded - TimeSpan.FromSeconds(1), Guarded + TimeSpan.FromSeconds(5));
                return;
            }
        }
    }

    [Fact]
    public void WhoIsNotHeardOf_IsNotRenewedWithoutTheStore_WhenTheRecordSaysWhenItsLeaseEnds()
    {
        var ledger = _table.Open("blue", Terms);
        var (late, busy) = (new LeaseTaker("late", ledger), new LeaseTaker("busy", ledger));
        late.Ask(needed: 3);
        _table.Now += Terms.Renew * 3;
        busy.Ask(needed: 1);
        Assert.Equal(Guarded - (Terms.Renew * 3), _table.Record!.Holders.Single(h => h.Holder == "late").EndsIn);
        Assert.Null(_table.Record.Holders.Single(h => h.Holder == "busy").EndsIn);

        _table.IsAway = true;

        Assert.Equal(LeaseOutcome.Unavailable, late.Ask(needed: 3).Outcome);
        Assert.Equal(LeaseOutcome.Granted, busy.Ask(needed: 1).Outcome);
    }

    [Fact]
    public void AnotherActivationOfTheSameCluster_EndsTheFirst()
    {
        var (first, second) = (_table.Open("blue", Terms), _table.Open("blue", Terms));
        var (a, b) = (new LeaseTaker("a", first), new LeaseTaker("b", second));
        a.Ask(needed: 1);
        b.Ask(needed: 1);

        Assert.Throws<InvalidOperationException>(() => a.Ask(needed: 1));
        Assert.True(first.Ledger.IsSuperseded);
    }

    [Fact]
    public void ConfiguredDifferently_WhoStartsLastDecides_AndTheOtherKnows()
    {
        var blue = _table.Open("blue", Terms);
        var atBlue = new LeaseTaker("g", blue);
        atBlue.Ask(needed: 1);
        var green = _table.Open("green", Terms with { Limit = 20 });
        var atGreen = new LeaseTaker("h", green);

        for (var i = 0; i < 3; i++) Assert.Equal((20, 20), (atGreen.Ask(needed: 1).Limit, atBlue.Ask(needed: 1).Limit));

        Assert.Equal(new SharedQuota("green", 20, 10, 20), blue.SharedWith);
        Assert.Equal(new SharedQuota("blue", 10, 20, 20), green.SharedWith);
    }

    [Fact]
    public void ConfiguredDifferently_NoActivationThatComesLaterBringsItsLimitBack()
    {
        foreach (var (cluster, limit) in new[] { ("blue", 10), ("green", 20), ("blue", 10), ("green", 20), ("blue", 10) })
        {
            var gateway = new LeaseTaker($"g{_table.Version}", _table.Open(cluster, Terms with { Limit = limit }));
            Assert.Equal(cluster is "blue" && _table.Version is 0 ? 10 : 20, gateway.Ask(needed: 1).Limit);
        }
    }

    [Fact]
    public void AClusterWithoutALimit_KeepsWhatItFinds_AlsoAtItsNextActivation()
    {
        var blue = _table.Open("blue", Terms);
        var atBlue = new LeaseTaker("g", blue);
        atBlue.Ask(needed: 6);
        for (var i = 0; i < 2; i++)
        {
            var green = _table.Open("green", Terms with { Limit = null });
            var atGreen = new LeaseTaker($"h{i}", green);

            Assert.Equal((LeaseOutcome.Granted, 10), (atGreen.Ask(needed: 1).Outcome, atGreen.Last.Limit));
            Assert.Equal((LeaseOutcome.Granted, 10), (atBlue.Ask(needed: 6).Outcome, atBlue.Last.Limit));
            Assert.Equal(new SharedQuota("blue", 10, null, 10), green.SharedWith);
            Assert.Equal(new SharedQuota("green", null, 10, 10), blue.SharedWith);
        }
    }

    [Fact]
    public void ALimitThatIsTakenOutOfTheConfiguration_IsGone_AlsoWhereAnotherClusterWroteLast()
    {
        new LeaseTaker("g", _table.Open("blue", Terms)).Ask(needed: 1);
        var green = _table.Open("green", Terms);
        new LeaseTaker("h", green).Ask(needed: 1);
        new LeaseTaker("i", _table.Open("blue", Terms)).Ask(needed: 1);

        Assert.Equal(LeaseOutcome.Unlimited, new LeaseTaker("j", _table.Open("green", Terms with { Limit = null })).Ask(needed: 1).Outcome);
    }

    [Fact]
    public void AClusterThatRunsWithoutALimit_IsSaidToCountNobody_UntilItsNextActivation()
    {
        new LeaseTaker("g", _table.Open("blue", Terms with { Limit = null })).Ask(needed: 1);
        var green = _table.Open("green", Terms);
        var atGreen = new LeaseTaker("h", green);
        atGreen.Ask(needed: 1);
        Assert.Equal(new SharedQuota("blue", null, 10, 10) { CountsNobody = true }, green.SharedWith);

        var blue = _table.Open("blue", Terms with { Limit = null });
        Assert.Equal(10, new LeaseTaker("i", blue).Ask(needed: 1).Limit);
        atGreen.Ask(needed: 1);
        Assert.Equal(new SharedQuota("blue", null, 10, 10), green.SharedWith);
    }

    [Fact]
    public void ALimitThatAnOperatorSet_OutlivesAClusterThatComesWithTheSameConfiguration()
    {
        var blue = _table.Open("blue", Terms);
        new LeaseTaker("g", blue).Ask(needed: 1);
        blue.SetLimit(7);

        Assert.Equal(7, new LeaseTaker("h", _table.Open("green", Terms)).Ask(needed: 1).Limit);
        Assert.Equal(7, new LeaseTaker("i", _table.Open("blue", Terms)).Ask(needed: 1).Limit);
    }

    /// <summary>A store with a version, and the time.</summary>
    private sealed class VersionedTable
    {
        private int _opened;

        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public QuotaRecord? Record { get; set; }

        public int Version { get; set; }

        public bool IsAway { get; set; }

        public Activation Open(string cluster, QuotaTerms terms) => new(this, $"{cluster}{++_opened}", terms with { Cluster = cluster });
    }

    /// <summary>Drives a ledger as the grain does.</summary>
    private sealed class Activation(VersionedTable table, string id, QuotaTerms terms)
    {
        private int _seen = -1;

        public QuotaLedger Ledger { get; } = new(id, terms);

        public SharedQuota? SharedWith => Ledger.SharedWith;

        public LeaseReply Ask(LeaseRequest request) =>
            Drive(Ledger.Ask(request, table.Now))?.Lease ?? throw new InvalidOperationException("no answer");

        public void SetLimit(int limit) =>
            Assert.Equal(
                SetLimitOutcome.Changed, Drive(Ledger.SetLimit(limit, Ledger.Describe(table.Now).Version, table.Now))?.Limit?.Outcome);

        private LedgerAnswer? Drive(int ticket)
        {
            while (!Ledger.IsSuperseded && Ledger.HasQuestions)
            {
                if (Ledger.NeedsRead && !Read()) continue;
                if (Ledger.BeginWrite(table.Now) is { } record) Write(record);
            }

            return Ledger.TakeAnswers().SingleOrDefault(a => a.Ticket == ticket);
        }

        private bool Read()
        {
            if (table.IsAway) Ledger.StoreFailed(table.Now);
            else Ledger.Loaded(table.Record, table.Now);
            _seen = table.Version;
            return !table.IsAway;
        }

        private void Write(QuotaRecord record)
        {
            if (table.IsAway)
            {
                Ledger.StoreFailed(table.Now);
                return;
            }

            if (_seen != table.Version)
            {
                Ledger.Overtaken(table.Now);
                return;
            }

            (table.Record, _seen) = (record, ++table.Version);
            Ledger.Written(table.Now);
        }
    }

    /// <summary>A holder that has a connection for each permit that it needs and got.</summary>
    private sealed class LeaseTaker(string name, Activation quota)
    {
        private long _number;
        private int _held;

        public LeaseReply Last { get; private set; } = null!;

        public LeaseReply Ask(int needed, int wanted = 0)
        {
            Last = quota.Ask(Request(name, ++_number, _held, needed, Math.Max(needed, wanted)));
            if (Last.Outcome is LeaseOutcome.Granted) _held = Last.Granted;
            return Last;
        }

        public void GiveBack()
        {
            _held = 0;
            Ask(needed: 0);
        }
    }
}
