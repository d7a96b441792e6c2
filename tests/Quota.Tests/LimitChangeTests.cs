using OrleansEcho.Grains.Interfaces.Quota;
using static OrleansEcho.Quota.Tests.LedgerDriver;

namespace OrleansEcho.Quota.Tests;

/// <summary>A change of the limit is in force when it is stored, and replaces only what its sender has seen.</summary>
public sealed class LimitChangeTests
{
    private readonly LedgerDriver _driver = new();

    [Fact]
    public void AChangeIsRefused_WhenItsSenderHasSeenAnotherVersion()
    {
        var ticket = _driver.Ledger.SetLimit(20, 7, _driver.Now);

        Assert.Equal(new SetLimitReply(SetLimitOutcome.VersionMismatch, 10, 1), _driver.Settle()[ticket].Limit);
    }

    [Fact]
    public void ARaisedLimitIsInForce_OnlyWhenItIsStored()
    {
        _driver.Ledger.SetLimit(20, 1, _driver.Now);
        var inTheSameBatch = _driver.Ask(Request("a", 1, needed: 15));

        Assert.Equal(10, _driver.Settle()[inTheSameBatch].Lease!.Granted);
        Assert.Equal(15, _driver.Lease(Request("a", 2, held: 10, needed: 15)).Granted);
    }

    [Fact]
    public void ALoweredLimitIsInForceAtOnce()
    {
        _driver.Ledger.SetLimit(4, 1, _driver.Now);
        var inTheSameBatch = _driver.Ask(Request("a", 1, needed: 15));

        Assert.Equal(4, _driver.Settle()[inTheSameBatch].Lease!.Granted);
    }

    [Fact]
    public void AConfiguredLimitReplacesTheStoredOne_AlthoughItsFirstWriteFails()
    {
        var before = new LedgerDriver("before");
        before.Lease(Request("a", 1));
        var lowered = new LedgerDriver("lowered", limit: 4) { Record = before.Record };
        lowered.Ledger.Loaded(lowered.Record, lowered.Now);
        lowered.Ask(Request("a", 2));
        lowered.Ledger.BeginWrite(lowered.Now);
        lowered.Ledger.StoreFailed(lowered.Now);
        lowered.Ledger.TakeAnswers();

        Assert.Equal(4, lowered.Lease(Request("a", 3, needed: 15)).Granted);
        Assert.Equal((4, 4), (lowered.Record!.Limit, lowered.Record.ConfiguredLimit));
    }
}
