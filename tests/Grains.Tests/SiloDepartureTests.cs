using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Grains.Interfaces.Links;
using OrleansEcho.Grains.Links;

namespace OrleansEcho.Grains.Tests;

public sealed class SiloDepartureTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly SiloDeparture _departure;

    public SiloDepartureTests() => _departure = new SiloDeparture(_time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASiloWithoutGateways_LeavesAtOnce_AndTellsThoseThatCome()
    {
        Assert.Equal(0, await _departure.LeaveAsync(Deadline, Stop));
        Assert.True(_departure.IsLeaving);
    }

    [Fact]
    public async Task ASiloLeaves_WhenEachGatewayHasMovedOn()
    {
        _departure.Heard("a", Sign(3));
        _departure.Heard("b", Sign(4));
        Assert.Equal((2, 7), _departure.Present);
        var leaving = _departure.LeaveAsync(Deadline, Stop);
        Assert.True(_departure.IsLeaving);
        _departure.Heard("a", Sign(0) with { HasMovedOn = true });
        Assert.False(leaving.IsCompleted);
        _departure.Heard("b", Sign(1) with { HasMovedOn = true }); // one that sends nothing has nothing to hand over
        Assert.Equal(0, await leaving.WithinAsync("the departure"));
    }

    [Fact]
    public async Task ASiloLeavesWithoutAGatewayThatDoesNotMoveOn_AndSaysSo()
    {
        var leaving = LeaveFrom(Sign(3));
        for (var i = 0; i < 10; i++)
        {
            Assert.False(leaving.IsCompleted);
            _time.Advance(Deadline / 10);
            _departure.Heard("a", Sign(3));
        }

        Assert.Equal(1, await leaving.WithinAsync("the deadline"));
    }

    [Fact]
    public async Task AGatewayThatIsGone_IsNotWaitedFor()
    {
        var leaving = LeaveFrom(Sign(3));
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(leaving.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(0, await leaving.WithinAsync("the departure"));
    }

    [Fact]
    public void AGatewayWhoseHeartbeatsAreFarApart_IsThereUntilTheNext()
    {
        _departure.Heard("a", Sign(3) with { NextWithin = TimeSpan.FromSeconds(60) });
        _departure.Heard("b", Sign(4));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((1, 3), _departure.Present);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((0, 0), _departure.Present);
    }

    [Fact]
    public async Task AGatewayWhoseTimeIsUpWhileItIsLookedAt_IsNotWaitedFor()
    {
        var time = new RunningTime();
        var departure = new SiloDeparture(time);
        departure.Heard("a", Sign(3));
        var leaving = departure.LeaveAsync(TimeSpan.FromMinutes(1), Stop);
        while (!leaving.IsCompleted) _ = departure.Present; // moves the time
        Assert.Equal(0, await leaving);
    }

    private Task<int> LeaveFrom(GatewaySign sign)
    {
        _departure.Heard("a", sign);
        return _departure.LeaveAsync(Deadline, Stop);
    }

    private static GatewaySign Sign(int connections) => new() { Gateway = "g", Connections = connections };

    /// <summary>A clock that does not stand still between two looks at it.</summary>
    private sealed class RunningTime : FakeTimeProvider
    {
        public override long GetTimestamp()
        {
            Advance(TimeSpan.FromSeconds(1)); // of three that a heartbeat stands for
            return base.GetTimestamp();
        }
    }
}
