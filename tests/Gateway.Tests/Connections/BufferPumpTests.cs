using Microsoft.Extensions.Logging.Abstractions;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Connections;

/// <summary>What a connection does when peers hold all that they may.</summary>
public sealed class BufferPumpTests
{
    private static readonly ConnectionLimits Limits = new() { MaxMessageBytes = 100_000, MaxBytesInFlight = 100_000, IdleTimeout = TimeSpan.FromSeconds(300), SendTimeout = TimeSpan.FromSeconds(30) };

    private readonly BufferBudget _budget = new(1_000_000);
    private readonly BufferAccount _others;

    public BufferPumpTests() => _others = new BufferAccount(_budget);

    [Fact]
    public async Task WhoHoldsMostIsNotReadFrom_UntilOthersHoldLess()
    {
        var others = _others;
        var rig = new PumpRig(limits: Limits, budget: _budget);
        rig.Peer.Send(new string('x', 30_000));
        Assert.True(others.TryHold(800_000)); // the rig's 30,000 are less than an equal share
        rig.Peer.Send("x");
        Assert.Equal(30_001, rig.Pump.HeldBytes);
        others.TryHold(0);
        for (var i = 0; i < 70; i++) Assert.True(new BufferAccount(_budget).TryHold(10_000));
        Assert.True(others.TryHold(30_000));

        rig.Peer.Send("x"); // is read by the read that waits; 30,002 are more than an equal share
        rig.Peer.Send("xx\n");

        Assert.Empty(rig.Grain.Sets);
        var relief = new BufferRelief(_budget, TimeProvider.System, NullLogger.Instance);
        relief.Tick([rig.Pump]);
        Assert.Empty(rig.Grain.Sets);
        Assert.True(others.TryHold(0));
        relief.Tick([rig.Pump]);
        await Deadline.UntilAsync(() => Task.FromResult(rig.Pump.HeldBytes is 0), "what had come to be echoed");
        Assert.Single(rig.Grain.Sets);
        rig.AssertGoesOn();
    }

    [Fact]
    public async Task WhoIsEvictedWhileItReadsEndsAtOnce()
    {
        var rig = new PumpRig(limits: Limits, budget: _budget);
        rig.Peer.Send(new string('x', 30_000));

        rig.Pump.Evict();

        Assert.Equal(CloseReason.BuffersExhausted, await rig.EndAsync());
        rig.Pump.ReleaseBuffers();
        Assert.Equal(0, _budget.UsedBytes);
    }

    [Fact]
    public async Task WhoIsEvictedWhileItsPeerDoesNotReadEndsAtOnce()
    {
        var rig = new PumpRig(limits: Limits, budget: _budget, bufferBytes: 20_000);
        for (var i = 0; i < 3 && !rig.Peer.IsSendBlocked; i++) rig.Peer.Send(new string('x', 9_999) + "\n");
        Assert.True(rig.Pump.HasUnsentEchoes);
        Assert.InRange(rig.Pump.HeldBytes, 9_999, 30_000);

        rig.Pump.Evict();

        Assert.Equal(CloseReason.BuffersExhausted, await rig.EndAsync());
    }

    [Fact]
    public async Task ASetForWhichThereIsNoRoomEndsItsConnection_AndReachesNoGrain()
    {
        var others = _others;
        Assert.True(others.TryHold(870_000));
        var rig = new PumpRig(limits: Limits, budget: _budget);
        rig.Peer.Send("small\n");
        Assert.Single(rig.Grain.Sets);

        rig.Peer.Send(new string('x', 30_000) + "\n");

        Assert.Equal(CloseReason.BuffersExhausted, await rig.EndAsync());
        Assert.Single(rig.Grain.Sets);
    }

    [Fact]
    public void ASetCountsWhileItIsUnderWay_ASmallOneNever()
    {
        var rig = new PumpRig(new FakeGrain(answers: false), limits: Limits, budget: _budget);
        rig.Peer.Send("small\n");
        Assert.Equal(0, _budget.UsedBytes);
        rig.Grain.Pending!.Answer();
        rig.Peer.Send(new string('x', 10_000) + "\n");
        Assert.Equal(20_000, _budget.UsedBytes);

        rig.Grain.Pending!.Answer();

        Assert.Equal(0, _budget.UsedBytes);
    }
}
