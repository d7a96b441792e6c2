using OrleansEcho.Grains.Interfaces.Quota;
using static OrleansEcho.Quota.Tests.LedgerDriver;

namespace OrleansEcho.Quota.Tests;

/// <summary>A slow store lets two requests of one holder meet in one batch: the holder has given the earlier one up.</summary>
public sealed class OvertakenRequestTests
{
    [Fact]
    public void WhatIsFreeIsLentOnce_WhenTwoRequestsOfOneHolderMeet()
    {
        var driver = new LedgerDriver();
        var earlier = driver.Ask(Request("a", 1, needed: 8));
        var later = driver.Ask(Request("a", 2, needed: 8));

        var answers = driver.Settle();

        Assert.Equal(LeaseOutcome.Stale, answers[earlier].Lease!.Outcome);
        Assert.Equal((LeaseOutcome.Granted, 8), (answers[later].Lease!.Outcome, answers[later].Lease!.Granted));
        Assert.Equal(8, Assert.Single(driver.Ledger.Describe(driver.Now).Holders).Leased);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(null)]
    public void EverybodyIsAnswered_WhenAHolderLeavesWithARequestUnderWay(int? limit)
    {
        var driver = new LedgerDriver(limit: limit);
        var earlier = driver.Ask(Request("a", 1, needed: 1));
        var last = driver.Ask(Request("a", 2) with { IsLast = true });
        var other = driver.Ask(Request("b", 1, needed: 1));

        var answers = driver.Settle();

        Assert.Equal(LeaseOutcome.Stale, answers[earlier].Lease!.Outcome);
        Assert.Equal(limit is null ? LeaseOutcome.Unlimited : LeaseOutcome.Granted, answers[last].Lease!.Outcome);
        Assert.Equal(limit is null ? LeaseOutcome.Unlimited : LeaseOutcome.Granted, answers[other].Lease!.Outcome);
    }
}
