using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Client.Tests.Fakes;

namespace OrleansEcho.Client.Tests.Pooling;

/// <summary>What a pool says of itself, and that who listens cannot do it harm.</summary>
public sealed class PoolInstrumentsTests : IAsyncDisposable
{
    private readonly PoolRig _rig = new PoolRig().With(PoolRig.A);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task InstrumentsSayWhatTheStatisticsSay()
    {
        using var active = Collect<int>("echo.client.connections.active");
        using var idle = Collect<int>("echo.client.connections.idle");
        using var waiting = Collect<int>("echo.client.acquire.waiting");
        using var created = Collect<long>("echo.client.connections.created");
        using var destroyed = Collect<long>("echo.client.connections.destroyed");
        using var acquire = Collect<double>("echo.client.acquire.duration");
        _rig.Options.MaximumSize = 1;
        var lease = await _rig.AcquireAsync();
        var late = _rig.Pool.AcquireAsync(Stop).AsTask();
        Assert.Equal((1, 0, 1), (Read(active), Read(idle), Read(waiting)));
        _rig.Time.Advance(_rig.Options.AcquireTimeout);
        await Assert.ThrowsAsync<EchoPoolTimeoutException>(() => late);
        await lease.DisposeAsync();
        Assert.Equal((0, 1, 0), (Read(active), Read(idle), Read(waiting)));
        _rig.Time.Advance(_rig.Options.IdleTimeout);
        Assert.Equal(1, created.GetMeasurementSnapshot().EvaluateAsCounter());
        Assert.Equal("IdleTimeout", Assert.Single(destroyed.GetMeasurementSnapshot()).Tags["echo.client.close_cause"]);
        var failed = Assert.Single(acquire.GetMeasurementSnapshot(), measurement => measurement.Tags.ContainsKey("error.type"));
        Assert.Equal((10.0, nameof(EchoPoolTimeoutException), "default"),
            (failed.Value, failed.Tags["error.type"], failed.Tags["echo.client.pool"]));

        MetricCollector<T> Collect<T>(string name)
            where T : struct => new(_rig, "OrleansEcho.Client", name);

        static int Read(MetricCollector<int> collector)
        {
            collector.RecordObservableInstruments();
            return collector.LastMeasurement!.Value;
        }
    }

    [Fact]
    public async Task InstrumentsOfADisposedPoolSayNothing()
    {
        using var idle = new MetricCollector<int>(_rig, "OrleansEcho.Client", "echo.client.connections.idle");
        await _rig.EchoAsync();
        idle.RecordObservableInstruments();
        Assert.Single(idle.GetMeasurementSnapshot(clear: true));
        await _rig.Pool.DisposeAsync();
        idle.RecordObservableInstruments();
        Assert.Empty(idle.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task ListenerOrLoggerThatThrows_CostsNeitherAConnectionNorALease()
    {
        _rig.Options.MaximumSize = 1;
        _rig.Log.Fault = new InvalidOperationException("the log is broken");
        var thrown = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Scope == _rig) own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Throw());
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Throw());
        listener.Start();
        for (var i = 0; i < 3; i++) await _rig.EchoAsync();
        _rig.Time.Advance(_rig.Options.IdleTimeout);
        await _rig.EchoAsync();
        Assert.Equal((0, 1, 2L, 1L), (_rig.Now.Leased, _rig.Now.Idle, _rig.Now.Created, _rig.Now.Destroyed));
        Assert.Equal(7, thrown); // two openings, a close, four acquisitions
        Assert.Single(_rig.Log.Collector.GetSnapshot(), line => line.Id.Id is 5007);

        void Throw()
        {
            Interlocked.Increment(ref thrown);
            throw new InvalidOperationException("the listener is broken");
        }
    }

    [Fact]
    public async Task WhoListensToAnInstrument_MayHaveAnotherThreadReadThePool()
    {
        await _rig.EchoAsync();
        var isRead = true;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Scope == _rig && instrument.Name is "echo.client.acquire.duration")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) =>
        {
            var reader = new Thread(() => _ = _rig.Now);
            reader.Start();
            isRead &= reader.Join(TimeSpan.FromSeconds(5));
        });
        listener.Start();
        await _rig.EchoAsync();
        Assert.True(isRead);
    }
}
