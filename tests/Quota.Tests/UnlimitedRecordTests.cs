using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;
using static OrleansEcho.Quota.Tests.LedgerDriver;

namespace OrleansEcho.Quota.Tests;

/// <summary>Connections that were admitted without a limit are in no record: whoever has a limit next must know that there may be some.</summary>
public sealed class UnlimitedRecordTests
{
    [Fact]
    public void ConnectionsAreRelearned_WhenALimitReturnsToTheConfiguration()
    {
        var limited = new LedgerDriver("limited");
        limited.Lease(Request("a", 1, needed: 2));
        var unlimited = new LedgerDriver("unlimited", limit: null) { Record = limited.Record };
        Assert.Equal(LeaseOutcome.Unlimited, unlimited.Lease(Request("a", 2, held: 2, needed: 2)).Outcome);

        var again = new LedgerDriver("again") { Record = unlimited.Record };
        var reply = again.Lease(Request("a", 3, held: 8, needed: 8));

        Assert.Equal((LeaseOutcome.Granted, 8), (reply.Outcome, reply.Granted));
        Assert.True(again.Ledger.Describe(again.Now).IsRelearning);
    }

    [Fact]
    public void ThatThereIsNoLimitIsWrittenOnce()
    {
        var driver = new LedgerDriver(limit: null);
        driver.Lease(Request("a", 1));
        driver.Record = null;

        Assert.Equal(LeaseOutcome.Unlimited, driver.Lease(Request("a", 2)).Outcome);
        Assert.Null(driver.Record);
    }

    [Fact]
    public void NobodyWaitsForTheStore_WhenThereIsNoLimit()
    {
        var driver = new LedgerDriver(limit: null);
        driver.Ledger.Loaded(null, driver.Now);
        driver.Ask(Request("a", 1));
        driver.Ledger.BeginWrite(driver.Now);
        driver.Ask(Request("b", 1));

        driver.Ledger.StoreFailed(driver.Now);

        Assert.Equal([LeaseOutcome.Unlimited, LeaseOutcome.Unlimited], driver.Ledger.TakeAnswers().Select(answer => answer.Lease!.Outcome));
    }

    [Fact]
    public void ALimitIsGone_OnlyWhenTheStoreHasLearnedOfIt()
    {
        var limited = new LedgerDriver("limited");
        limited.Lease(Request("a", 1, needed: 2));
        var unlimited = new LedgerDriver("unlimited", limit: null);
        unlimited.Ledger.Loaded(limited.Record, unlimited.Now);
        var ticket = unlimited.Ask(Request("a", 2, held: 2, needed: 2));
        unlimited.Ledger.BeginWrite(unlimited.Now);
        unlimited.Ledger.StoreFailed(unlimited.Now);

        Assert.Equal(QuotaDenial.StorageUnavailable, unlimited.Ledger.TakeAnswers().Single(answer => answer.Ticket == ticket).Lease!.Denial);
    }

    [Fact]
    public void ConnectionsAreRelearned_WhenALimitIsSet()
    {
        var driver = new LedgerDriver(limit: null);
        driver.Lease(Request("a", 1));
        driver.Ledger.SetLimit(10, 1, driver.Now);
        driver.Settle();

        var reply = driver.Lease(Request("a", 2, held: 4, needed: 4));

        Assert.Equal((LeaseOutcome.Granted, 4), (reply.Outcome, reply.Granted));
    }

    [Fact]
    public void WhatCameWhileAHolderAsked_DoesNotOutlastTheRelearning()
    {
        var driver = new LedgerDriver(limit: null);
        driver.Lease(Request("a", 1));
        driver.Ledger.SetLimit(10, 1, driver.Now);
        driver.Settle();
        var relearned = driver.Now + QuotaTerms.WaitFor(LedgerDriver.Terms.Lease);
        driver.Now += LedgerDriver.Terms.Renew;

        var first = driver.Lease(Request("a", 2, held: 4, needed: 4) with { IsUnlimited = true });
        var second = driver.Lease(Request("a", 3, held: 5, needed: 5)); // one came meanwhile

        Assert.Equal((4, relearned), (first.Granted, driver.Now + QuotaTerms.WaitFor(first.Lease)));
        Assert.Equal((5, LedgerDriver.Terms.Lease), (second.Granted, second.Lease));
    }

    [Fact]
    public void WhatCameWhileAHolderAsked_IsNotConfirmedWithoutTheStore()
    {
        var driver = new LedgerDriver(limit: null);
        driver.Lease(Request("a", 1));
        driver.Ledger.SetLimit(10, 1, driver.Now);
        driver.Settle();
        var ticket = driver.Ask(Request("a", 2, held: 4, needed: 4) with { IsUnlimited = true });
        driver.Ledger.BeginWrite(driver.Now);
        driver.Now += QuotaTerms.WaitFor(LedgerDriver.Terms.Lease); // the write took so long, and failed
        driver.Ledger.StoreFailed(driver.Now);

        Assert.Equal(LeaseOutcome.Unavailable, driver.Ledger.TakeAnswers().Single(answer => answer.Ticket == ticket).Lease!.Outcome);
    }

    [Fact]
    public void AHolderThatKnowsOfNoLimitIsLentNothing_OnceTheOthersAreCounted()
    {
        var driver = new LedgerDriver();
        var reply = driver.Lease(Request("a", 1) with { IsUnlimited = true });
        Assert.Equal(LeaseOutcome.LeaseLost, reply.Outcome);
    }
}
