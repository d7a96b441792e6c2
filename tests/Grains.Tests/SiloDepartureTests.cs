using OrleansEcho.Grains.Interfaces.Links;
using OrleansEcho.Grains.Links;

namespace OrleansEcho.Grains.Tests;

public sealed class SiloDepartureTests
{
    private readonly SiloDeparture _departure = new(TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASiloWithoutGateways_LeavesAtOnce() => Assert.Equal(0, await _departure.LeaveAsync(TimeSpan.FromMinutes(1), Stop));

    [Fact]
    public async Task ASiloLeaves_WhenEachGatewayHasMovedOn()
    {
        _departure.Heard("a", Sign(3));
        _departure.Heard("b", Sign(4));
        Assert.Equal((2, 7), _departure.Present);
        var leaving = _departure.LeaveAsync(TimeSpan.FromMinutes(1), Stop);
        Assert.True(_departure.IsLeaving);
        _departure.Heard("a", Sign(0) with { HasMovedOn = true });
        Assert.False(leaving.IsCompleted);
        _departure.Heard("b", Sign(1) with { HasMovedOn = true }); // one that sends nothing has nothing to hand over
        Assert.Equal(0, await leaving.WithinAsync("the departure"));
    }

    [Fact]
    public async Task ASiloLeavesWithoutAGatewayThatDoesNotMoveOn_AndSaysSo()
    {
        _departure.Heard("a", Sign(3));
        Assert.Equal(1, await _departure.LeaveAsync(TimeSpan.FromMilliseconds(50), Stop));
    }

    private static GatewaySign Sign(int connections) => new() { Gateway = "g", Connections = connections };
}
