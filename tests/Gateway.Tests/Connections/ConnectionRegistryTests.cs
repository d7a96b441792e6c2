using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Connections;

public sealed class ConnectionRegistryTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly WatchedTime _time = new();
    private readonly ConnectionRegistry _registry;

    public ConnectionRegistryTests() => _registry = new ConnectionRegistry(new CoarseClock(_time), _time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _registry.Dispose();

    [Fact]
    public async Task WaitingEndsWithTheLastConnection()
    {
        var (first, second) = (new PumpRig().Pump, new PumpRig().Pump);
        _registry.Add(first);
        _registry.Add(second);
        var empty = _registry.WaitUntilEmptyAsync(Long, Stop);

        _registry.Remove(first);
        _registry.Remove(first); // harmless
        Assert.Equal((1, false), (_registry.Count, empty.IsCompleted));
        _registry.Remove(second);

        Assert.True(await empty.WithinAsync("an empty registry"));
        Assert.True(await _registry.WaitUntilEmptyAsync(TimeSpan.Zero, Stop));
    }

    [Fact]
    public async Task WaitingEndsWithItsTime()
    {
        _registry.Add(new PumpRig().Pump);
        var empty = _registry.WaitUntilEmptyAsync(Long, Stop);
        _time.Advance(Long);

        Assert.False(await empty.WithinAsync("the time to be up"));
        Assert.False(await _registry.WaitUntilEmptyAsync(TimeSpan.Zero, Stop));
    }

    [Fact]
    public async Task ARegistryThatWasEmptyOnceCanBeWaitedForAgain()
    {
        var pump = new PumpRig().Pump;
        _registry.Add(pump);
        var once = _registry.WaitUntilEmptyAsync(Long, Stop);
        _registry.Remove(pump);
        Assert.True(await once.WithinAsync("an empty registry"));

        _registry.Add(pump);
        var again = _registry.WaitUntilEmptyAsync(Long, Stop);

        Assert.False(again.IsCompleted, "The registry is not empty.");
        _registry.Remove(pump);
        Assert.True(await again.WithinAsync("an empty registry"));
    }

    [Fact]
    public async Task EveryConnectionIsAskedToClose()
    {
        var rigs = Enumerable.Range(0, 3).Select(_ => new PumpRig()).ToList();
        foreach (var rig in rigs) _registry.Add(rig.Pump);

        _registry.RequestCloseAll();

        foreach (var rig in rigs) Assert.Equal(CloseReason.Draining, await rig.EndAsync());
    }

    [Fact]
    public async Task ItsTicksEndConnectionsThatAreOverdue()
    {
        await using var gateway = new GatewayRig(time: _time);
        await gateway.Registry.StartAsync(Stop);
        Assert.Equal(CoarseClock.Resolution, await _time.NextTimerAsync());
        var peer = new PipeConnection();
        var grain = new FakeGrain();
        var limits = PumpRig.Limits with { FirstByteTimeout = CoarseClock.Resolution };
        var pump = new ConnectionPump(peer, Protocols.Framings.Line, grain, limits, gateway.Metrics.ForListener("t", "tcp", "line"), gateway.Clock, _time);
        var run = pump.RunAsync(Stop);
        gateway.Registry.Add(pump);

        _time.Advance(3 * CoarseClock.Resolution); // the ticker may miss ticks, as on a busy machine, but not the last

        Assert.Equal(CloseReason.FirstByteTimeout, await run.WithinAsync("the first-byte time-out"));
        await gateway.Registry.StopAsync(Stop).WithinAsync("the ticker to stop");
    }
}
