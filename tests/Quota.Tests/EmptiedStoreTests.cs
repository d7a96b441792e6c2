using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;
using static OrleansEcho.Quota.Tests.LedgerDriver;

namespace OrleansEcho.Quota.Tests;

/// <summary>A store that was emptied does not say who wrote to it last.</summary>
public sealed class EmptiedStoreTests
{
    private readonly TimeSpan _now = TimeSpan.FromSeconds(100);

    [Fact]
    public void NothingIsLent_WhenAnotherActivationMayHaveLentItBefore()
    {
        // This one has lent 2 of 10; then its store fails it, and another may have lent the other 8 until the store was emptied.
        var ledger = new QuotaLedger("first", Terms with { MayHaveForgotten = true });
        ledger.Loaded(new QuotaRecord { Epoch = 1, Writer = "former", Limit = 10, ConfiguredLimit = 10, Version = 1, IsComplete = true }, _now);
        ledger.Ask(Request("a", 1, needed: 2), _now);
        ledger.BeginWrite(_now);
        ledger.Written(_now);
        ledger.StoreFailed(_now);
        ledger.Loaded(null, _now);
        ledger.TakeAnswers();

        ledger.Ask(Request("b", 1, needed: 8), _now);

        Assert.False(ledger.BeginWrite(_now)!.IsComplete);
        ledger.Written(_now);
        var reply = Assert.Single(ledger.TakeAnswers()).Lease!;
        Assert.Equal((0, QuotaDenial.Relearning), (reply.Granted, reply.Denial));
    }

    [Fact]
    public void NothingIsLent_WhenTheStoreWasFoundEmptyLongAgo()
    {
        // Others may have lent all there is in the meantime, and been forgotten as well: an empty store looks like an empty store.
        var ledger = new QuotaLedger("late", Terms with { MayHaveForgotten = true });
        ledger.Loaded(null, _now);
        var later = _now + (Terms.Lease * 10);
        ledger.Ask(Request("b", 1, needed: 8), later);

        Assert.False(ledger.BeginWrite(later)!.IsComplete);
        ledger.Written(later + Terms.Renew);
        var reply = Assert.Single(ledger.TakeAnswers()).Lease!;
        Assert.Equal((0, QuotaDenial.Relearning), (reply.Granted, reply.Denial));
        Assert.False(ledger.Describe(later + QuotaTerms.WaitFor(Terms.Lease)) is { IsRelearning: false });
    }
}
