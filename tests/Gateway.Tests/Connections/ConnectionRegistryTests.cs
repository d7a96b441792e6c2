using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Connections;

public sealed class ConnectionRegistryTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly WatchedTime _time = new();
    private readonly ConnectionAdmission _admission;
    private readonly ConnectionRegistry _registry;

    public ConnectionRegistryTests()
    {
        _admission = new ConnectionAdmission(new FakeBackend(), FakeQuota.Unlimited(_time), Options.Create(new GatewayOptions()));
        _registry = new ConnectionRegistry(_admission, new CoarseClock(_time), new BufferBudget(long.MaxValue), _time, NullLogger<ConnectionRegistry>.Instance);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _registry.Dispose();
        _admission.Dispose();
    }

    [Fact]
    public async Task WaitingEndsWithTheLastConnection()
    {
        var (first, second) = (new PumpRig().Pump, new PumpRig().Pump);
        _registry.Add(first, Nothing);
        _registry.Add(second, Nothing);
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
        _registry.Add(new PumpRig().Pump, Nothing);
        var empty = _registry.WaitUntilEmptyAsync(Long, Stop);
        _time.Advance(Long);

        Assert.False(await empty.WithinAsync("the time to be up"));
        Assert.False(await _registry.WaitUntilEmptyAsync(TimeSpan.Zero, Stop));
    }

    [Fact]
    public async Task ARegistryThatWasEmptyOnceCanBeWaitedForAgain()
    {
        var pump = new PumpRig().Pump;
        _registry.Add(pump, Nothing);
        var once = _registry.WaitUntilEmptyAsync(Long, Stop);
        _registry.Remove(pump);
        Assert.True(await once.WithinAsync("an empty registry"));

        _registry.Add(pump, Nothing);
        var again = _registry.WaitUntilEmptyAsync(Long, Stop);

        Assert.False(again.IsCompleted, "The registry is not empty.");
        _registry.Remove(pump);
        Assert.True(await again.WithinAsync("an empty registry"));
    }

    [Fact]
    public async Task EveryConnectionIsAskedToClose()
    {
        var rigs = Enumerable.Range(0, 3).Select(_ => new PumpRig()).ToList();
        foreach (var rig in rigs) _registry.Add(rig.Pump, Nothing);

        _registry.RequestCloseAll();

        foreach (var rig in rigs) Assert.Equal(CloseReason.Draining, await rig.EndAsync());
    }

    [Fact]
    public async Task WhoIsStillOpenASecondAfterAllWereAskedToClose_IsOverdue()
    {
        await using var gateway = new GatewayRig(time: _time);
        var (open, other) = (new PumpRig(), new PumpRig());
        gateway.Registry.Add(open.Pump, Nothing);
        gateway.Registry.Add(other.Pump, Nothing);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, gateway.Registry.Overdue);
        gateway.Registry.RequestCloseAll();
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(0, gateway.Registry.Overdue);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(2, gateway.Registry.Overdue);
        gateway.Registry.Remove(other.Pump);
        Assert.Equal(1, gateway.Registry.Overdue);
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
        var pump = new ConnectionPump(peer, () => 0, () => Task.CompletedTask, Protocols.Framings.Line, grain, await gateway.AdmitAsync(), limits, gateway.Metrics.ForListener("t", "tcp", "line"), gateway.Clock, _time, gateway.Budget);
        var run = pump.RunAsync(Stop);
        gateway.Registry.Add(pump, Nothing);

        _time.Advance(3 * CoarseClock.Resolution); // the ticker may miss ticks, as on a busy machine, but not the last

        Assert.Equal(CloseReason.FirstByteTimeout, await run.WithinAsync("the first-byte time-out"));
        await gateway.Registry.StopAsync(Stop).WithinAsync("the ticker to stop");
    }

    private static void Nothing()
    {
    }
}
