using OrleansEcho.Grains.Interfaces.Quota;
using static OrleansEcho.Quota.Tests.LedgerDriver;

namespace OrleansEcho.Quota.Tests;

/// <summary>A request that arrives after a later one promises less than its holder has by now.</summary>
public sealed class LateRequestTests
{
    [Fact]
    public void ALateRequestIsStale_WhenAnotherActivationHasTakenOver()
    {
        var former = new LedgerDriver("former");
        former.Lease(Request("a", 1));
        former.Lease(Request("a", 2, needed: 6));
        var driver = new LedgerDriver("next") { Record = former.Record };

        Assert.Equal(LeaseOutcome.Stale, driver.Lease(Request("a", 1)).Outcome);
        Assert.Equal(6, Assert.Single(driver.Ledger.Describe(driver.Now).Holders).Leased);
    }
}
