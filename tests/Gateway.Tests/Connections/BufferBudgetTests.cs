using CsCheck;
using OrleansEcho.Gateway.Connections;

namespace OrleansEcho.Gateway.Tests.Connections;

public sealed class BufferBudgetTests
{
    private const int KiB = 1024;

    private readonly BufferBudget _budget = new(800 * KiB);

    [Fact]
    public void WhatIsCountedIsWhatIsHeld_AndNeverMoreThanTheLimit()
    {
        // Accounts of several connections, each asking for this and that in turn.
        Gen.Select(Gen.Int[0, 9], Gen.OneOf(Gen.Int[0, 2 * KiB], Gen.Int[0, 300 * KiB])).Array[1, 200].Sample(steps =>
        {
            var budget = new BufferBudget(800 * KiB);
            var accounts = Enumerable.Range(0, 10).Select(_ => new BufferAccount(budget)).ToArray();
            foreach (var (account, bytes) in steps)
            {
                var before = accounts[account].HeldBytes;
                var held = accounts[account].TryHold(bytes) ? bytes < BufferAccount.FreeBytes ? 0 : bytes : before;
                Assert.Equal(held, accounts[account].HeldBytes);
                Assert.Equal(budget.UsedBytes, accounts.Sum(a => a.HeldBytes));
                Assert.InRange(budget.UsedBytes, 0, budget.LimitBytes);
            }

            for (var i = 0; i < accounts.Length; i++) Assert.True(accounts[i].TryHold(0), "Less is always granted.");
            Assert.Equal(0, budget.UsedBytes);
        });
    }

    [Fact]
    public void WhoHoldsMoreThanAnEqualShareWaits_WhenThreeQuartersAreUsed()
    {
        var large = Holding(500 * KiB);
        var small = Holding(50 * KiB);
        Assert.False(large.MustWait(0), "There is enough.");

        var third = Holding(60 * KiB);

        Assert.Equal((true, false, false), (large.MustWait(0), small.MustWait(0), third.MustWait(0)));
        Assert.False(new BufferAccount(_budget).MustWait(16 * KiB), "It holds nothing, and sends little.");
        Assert.True(new BufferAccount(_budget).MustWait(17 * KiB), "It holds nothing, and sends much.");
        third.TryHold(0);
        Assert.False(large.MustWait(0), "There is enough again.");
    }

    [Fact]
    public void TheLastEighthIsForThoseWhoHoldLittle()
    {
        Holding(690 * KiB);
        var other = new BufferAccount(_budget);

        Assert.False(other.TryHold(20 * KiB), "It is more than is left for all.");
        Assert.True(other.TryHold(16 * KiB));
        for (var i = 0; i < 5; i++) Holding(16 * KiB);
        Assert.False(new BufferAccount(_budget).TryHold(16 * KiB), "All is used.");
        Assert.True(other.TryHold(15 * KiB));
    }

    private BufferAccount Holding(long bytes)
    {
        var account = new BufferAccount(_budget);
        Assert.True(account.TryHold(bytes));
        return account;
    }
}
