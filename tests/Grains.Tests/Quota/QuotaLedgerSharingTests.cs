using OrleansEcho.Grains.Interfaces.Quota;
using static OrleansEcho.Grains.Tests.Quota.LedgerRig;

namespace OrleansEcho.Grains.Tests.Quota;

/// <summary>Who is lent how much, and who is asked to give back.</summary>
public sealed class QuotaLedgerSharingTests
{
    private readonly LedgerRig _rig = new();

    [Fact]
    public void WhatIsNeededIsLentInFull_WhatIsOnlyWantedInPart()
    {
        Assert.Equal(4, _rig.Ask(Request("g", 1, needed: 4, wanted: 4)).Granted);
        var reply = _rig.Ask(Request("h", 1, wanted: 6));
        Assert.InRange(reply.Granted, 1, 3); // there are two gateways, and six permits
        Assert.Equal(QuotaDenial.None, reply.Denial);
    }

    [Fact]
    public void NearTheLimit_SinglePermitsAreLentOnTop()
    {
        Assert.Equal(9, _rig.Ask(Request("g", 1, needed: 9)).Granted);
        Assert.Equal(1, _rig.Ask(Request("h", 1, wanted: 64)).Granted);
    }

    [Fact]
    public void IdlePermits_AreCalledBackForWhoIsShort()
    {
        _rig.Ask(Request("g", 1, needed: 10));
        Assert.Equal(QuotaDenial.Recalling, _rig.Ask(Request("h", 1, needed: 2)).Denial);
        var reply = _rig.Ask(Request("g", 2, held: 10, inUse: 3, wanted: 10));
        Assert.Equal((10, 8), (reply.Granted, reply.Target));
        _rig.Ask(Request("g", 3, held: 8, inUse: 3, wanted: 10));
        Assert.Equal((2, QuotaDenial.None), _rig.Ask(Request("h", 2, needed: 2)) is var served ? (served.Granted, served.Denial) : default);
        Assert.Equal(2, _rig.Ledger.Counts.Recalled);
    }

    [Fact]
    public void HolderThatDiedAfterItWasToldToGiveBack_DoesNotKeepOthersFromBeingTold()
    {
        _rig.Ask(Request("dead", 1, needed: 2));
        _rig.Ask(Request("idle", 1, needed: 8));
        _rig.Ask(Request("short", 1, needed: 2));
        Assert.Equal(0, _rig.Ask(Request("dead", 2, held: 2)).Target);
        _rig.Now += Terms.Renew * 3;
        _rig.Ask(Request("short", 2, needed: 2));
        Assert.Equal(6, _rig.Ask(Request("idle", 2, held: 8, wanted: 8)).Target);
    }

    [Fact]
    public void ShortageStandsLongEnoughToBeMetByAHolderWithIdlePermits()
    {
        _rig.Ask(Request("idle", 1, needed: 10));
        _rig.Ask(Request("short", 1, needed: 1));
        _rig.Now += Terms.Renew / 4;
        _rig.Ask(Request("short", 2)); // whoever wanted one has been refused and is gone
        _rig.Now += Terms.Renew / 4;
        Assert.Equal(9, _rig.Ask(Request("idle", 2, held: 10, wanted: 10)).Target);
    }

    [Fact]
    public void WhoHoldsMoreThanItsShare_GivesWayAsItsConnectionsEnd()
    {
        _rig.Ask(Request("g", 1, needed: 10));
        _rig.Ask(Request("g", 2, held: 10, inUse: 10));
        Assert.Equal(QuotaDenial.LimitReached, _rig.Ask(Request("h", 1, needed: 3)).Denial);
        Assert.Equal(7, _rig.Ask(Request("g", 3, held: 10, inUse: 10, needed: 12)).Target);
        Assert.Equal(9, _rig.Ask(Request("g", 4, held: 9, inUse: 9, needed: 12)).Granted); // what became free is the other's
        Assert.Equal(1, _rig.Ask(Request("h", 2, needed: 3)).Granted);
    }

    [Fact]
    public void LastPermits_AreDividedAmongWhoNeedsThem()
    {
        foreach (var (holder, number) in new[] { ("a", 1), ("b", 1), ("c", 1) }) _rig.Ledger.Ask(Request(holder, number, needed: 9), _rig.Now);
        Assert.NotNull(_rig.Ledger.BeginWrite(_rig.Now));
        _rig.Ledger.Written(_rig.Now);
        var granted = _rig.Ledger.TakeAnswers().Select(a => a.Lease!.Granted).ToList();
        Assert.Equal(10, granted.Sum());
        Assert.All(granted, g => Assert.InRange(g, 3, 4));
    }
}
