using OrleansEcho.Grains.Interfaces.Quota;
using static OrleansEcho.Quota.Tests.LedgerDriver;

namespace OrleansEcho.Quota.Tests;

/// <summary>What goes without the store, and what does not.</summary>
public sealed class FailedWriteTests
{
    [Fact]
    public void WhatWasProposedIsFreeAgain_WhenTheWriteFails()
    {
        var driver = new LedgerDriver();
        driver.Ledger.Loaded(null, driver.Now);
        driver.Ask(Request("a", 1, needed: 6));
        driver.Ledger.BeginWrite(driver.Now);
        Assert.Equal(6, driver.Ledger.Describe(driver.Now).Leased);

        driver.Ledger.StoreFailed(driver.Now);

        Assert.Equal(0, driver.Ledger.Describe(driver.Now).Leased);
        Assert.Equal(QuotaDenial.StorageUnavailable, Assert.Single(driver.Ledger.TakeAnswers()).Lease!.Denial);
    }

    [Fact]
    public void AnEpochIsToldOnlyOnceItIsWritten()
    {
        // Who has seen an epoch that no store knows makes the activation in charge relearn, and nothing is lent for a lease time.
        var inCharge = new LedgerDriver("in charge");
        inCharge.Lease(Request("a", 1, needed: 2));
        var other = new LedgerDriver("other");
        other.Ledger.Loaded(inCharge.Record, other.Now);
        other.Ask(Request("a", 2, held: 2, needed: 2));
        other.Ledger.BeginWrite(other.Now);
        other.Ledger.StoreFailed(other.Now);
        var unavailable = Assert.Single(other.Ledger.TakeAnswers()).Lease!;

        var reply = inCharge.Lease(Request("a", 3, held: 2, needed: 6) with { Epoch = unavailable.Epoch });

        Assert.Equal((6, QuotaDenial.None), (reply.Granted, reply.Denial));
    }

    [Fact]
    public void ARenewalReachesOneLeaseFromTheLastWritesBegin()
    {
        // Another activation may have read, and begun to wait for one lease, as soon as this write was there: not when this one heard of it.
        var driver = new LedgerDriver();
        driver.Ledger.Loaded(null, driver.Now);
        driver.Ask(Request("a", 1, needed: 6));
        driver.Ledger.BeginWrite(driver.Now);
        driver.Now += TimeSpan.FromSeconds(1);
        driver.Ledger.Written(driver.Now);
        driver.Ledger.TakeAnswers();

        driver.Now += TimeSpan.FromSeconds(1);
        driver.Ask(Request("a", 2, held: 6, needed: 6));
        driver.Ledger.StoreFailed(driver.Now);

        var reply = Assert.Single(driver.Ledger.TakeAnswers()).Lease!;
        Assert.Equal((6, Terms.Lease - TimeSpan.FromSeconds(2)), (reply.Granted, reply.Lease));
    }
}
