using OrleansEcho.Grains.Interfaces.Quota;
using static OrleansEcho.Quota.Tests.LedgerDriver;

namespace OrleansEcho.Quota.Tests;

/// <summary>Being told that a lease is lost costs a gateway its connections: only the activation in charge may say so.</summary>
public sealed class LostLeaseTests
{
    [Fact]
    public void NobodyLosesALease_WhenAnotherActivationHasTakenOver()
    {
        var inCharge = new LedgerDriver("in charge");
        inCharge.Lease(Request("a", 1, needed: 2));
        var late = new LedgerDriver("late") { Record = inCharge.Record };
        late.Ledger.Loaded(late.Record, late.Now);
        inCharge.Lease(Request("a", 2, held: 2, needed: 6)); // what the late one has read is out of date

        late.Ask(Request("a", 3, held: 6, needed: 6));

        Assert.NotNull(late.Ledger.BeginWrite(late.Now));
        Assert.Empty(late.Ledger.TakeAnswers());
        late.Ledger.Supersede();
        Assert.Empty(late.Ledger.TakeAnswers());
    }

    [Fact]
    public void NobodyLosesALease_WhenTheStoreFails()
    {
        var driver = new LedgerDriver();
        driver.Lease(Request("a", 1, needed: 2));

        driver.Ask(Request("a", 2, held: 6, needed: 6));
        driver.Ledger.BeginWrite(driver.Now);
        driver.Ask(Request("b", 1, held: 6, needed: 6));
        driver.Ledger.StoreFailed(driver.Now);

        Assert.All(driver.Ledger.TakeAnswers(), answer => Assert.Equal(LeaseOutcome.Unavailable, answer.Lease!.Outcome));
    }

    [Fact]
    public void ALeaseIsLost_WhenItsHolderClaimsMoreThanItWasLent()
    {
        var driver = new LedgerDriver();
        driver.Lease(Request("a", 1, needed: 2));

        Assert.Equal(LeaseOutcome.LeaseLost, driver.Lease(Request("a", 2, held: 3, needed: 3)).Outcome);
        Assert.Equal(LeaseOutcome.LeaseLost, driver.Lease(Request("b", 1, held: 1, needed: 1)).Outcome);
    }
}
