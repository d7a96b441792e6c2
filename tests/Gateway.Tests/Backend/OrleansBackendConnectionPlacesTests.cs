using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Backend;

/// <summary>A connection and several silos: which one it is on, and where it goes when that one is lost, leaves or does not answer.</summary>
public sealed class OrleansBackendConnectionPlacesTests : IAsyncLifetime
{
    private readonly BackendConnectionRig _rig = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _rig.OpenAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task ASetOnASiloThatIsLost_GoesToAnotherAtOnce()
    {
        await _rig.EchoAsync(1, "abc");
        var second = _rig.AddSilo("second");
        _rig.First.Hang();
        var echo = _rig.EchoAsync(2, "de");
        Assert.False(echo.IsCompleted);

        _rig.Lose("first");

        await echo.WithinAsync("the second silo's answer");
        Assert.Equal(["open 2/1/3", "echo 2"], second.Calls);
        Assert.Equal([("second", 1)], _rig.Places());
    }

    [Fact]
    public async Task ASetWaitsForASilo_WhenThereIsNone()
    {
        _rig.Lose("first");
        var echo = _rig.EchoAsync(1, "a");
        var second = _rig.AddSilo("second");

        await echo.WithinAsync("the second silo's answer");
        Assert.Equal(["open 1/0/0", "echo 1"], second.Calls);
        Assert.Empty(_rig.First.Calls);
    }

    [Fact]
    public async Task ASetWithoutAnAnswer_GoesToAnotherSilo()
    {
        var second = _rig.AddSilo("second");
        _rig.First.Fail(new TimeoutException());
        var echo = _rig.EchoAsync(1, "a");
        _rig.Time.Advance(await _rig.Time.NextTimerAsync());

        await echo.WithinAsync("the second silo's answer");
        Assert.Equal(["open 1/0/0", "echo 1"], second.Calls);
    }

    [Fact]
    public async Task AConnectionGoesElsewhereWithItsNextSet_WhenItsSiloLeaves()
    {
        var second = _rig.AddSilo("second");
        _rig.Links.All[0].Retire();
        Assert.Equal([("first", 1), ("second", 0)], _rig.Places());

        await _rig.EchoAsync(1, "a");
        await _rig.EchoAsync(2, "b");

        Assert.Equal(["open 1/0/0", "echo 1", "echo 2"], second.Calls);
        Assert.Empty(_rig.First.Calls);
        Assert.Equal([("first", 0), ("second", 1)], _rig.Places());
        await _rig.Connection.CloseAsync(CloseReason.PeerClosed);
        Assert.Equal([("first", 0), ("second", 0)], _rig.Places());
    }

    [Fact]
    public async Task AnOpeningThatFails_GoesToAnotherSilo_AndSoDoThoseAfterIt()
    {
        var second = _rig.AddSilo("second");
        second.Fail(new OrleansException("sick"));
        var opening = _rig.NewConnection().OpenAsync(Stop).AsTask(); // to the one with fewer connections
        _rig.Time.Advance(await _rig.Time.NextTimerAsync());
        await opening.WithinAsync("the first silo's answer");
        Assert.Equal(["open 1/0/0"], second.Calls);
        Assert.Equal([("first", 2), ("second", 0)], _rig.Places());

        await _rig.NewConnection().OpenAsync(Stop);
        Assert.Equal([("first", 3), ("second", 0)], _rig.Places());
        for (var i = 0; i < 10; i++) _rig.Links.Balance(); // seconds later it is tried again
        await _rig.NewConnection().OpenAsync(Stop);
        Assert.Equal([("first", 3), ("second", 1)], _rig.Places());
        Assert.Empty(_rig.Moves.GetMeasurementSnapshot()); // nobody was there already
    }

    [Fact]
    public async Task AnOpeningWithoutAnAnswer_LeavesHalfOfItsTimeToAnotherSilo()
    {
        var second = _rig.AddSilo("second");
        second.Hang();
        var opening = _rig.NewConnection().OpenAsync(Stop).AsTask();
        var start = _rig.Time.GetTimestamp();
        while (!opening.IsCompleted && _rig.Time.GetElapsedTime(start) < BackendConnectionRig.CallTimeout * 0.6) _rig.Time.Advance(await _rig.Time.NextTimerAsync());

        await opening.WithinAsync("the first silo's answer");
        Assert.Equal([("first", 2), ("second", 0)], _rig.Places());
    }

    [Fact]
    public async Task WhenAllSilosLeave_SetsDoNotGoFromOneToTheOther()
    {
        var second = _rig.AddSilo("second");
        foreach (var link in _rig.Links.All) link.Retire();
        await _rig.EchoAsync(1, "a");
        await _rig.EchoAsync(2, "b");
        Assert.Equal(["echo 1", "echo 2"], _rig.First.Calls);
        Assert.Empty(second.Calls);
    }
}
