using System.Diagnostics.Metrics;
using OrleansEcho.Client.Pooling;

namespace OrleansEcho.Client.Diagnostics;

/// <summary>A pool's instruments, on the meter <c>OrleansEcho.Client</c>. Described in docs/client.md.</summary>
internal sealed class PoolMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "OrleansEcho.Client";

    private const string PoolTag = "echo.client.pool";

    private readonly KeyValuePair<string, object?> _pool;
    private readonly Meter _meter;
    private readonly Meter? _own;
    private readonly Counter<long> _created;
    private readonly Counter<long> _destroyed;
    private readonly Counter<long> _failed;
    private readonly Histogram<double> _acquire;
    private volatile Func<EchoPoolStatistics>? _read;

    /// <param name="meters">Where meters come from; one of its own when null.</param>
    /// <param name="pool">The pool's name.</param>
    public PoolMetrics(IMeterFactory? meters, string pool)
    {
        _pool = new KeyValuePair<string, object?>(PoolTag, pool);
        _meter = meters?.Create(MeterName) ?? (_own = new Meter(MeterName));
        _created = _meter.CreateCounter<long>("echo.client.connections.created", "{connection}", "Connections that were opened.");
        _destroyed = _meter.CreateCounter<long>("echo.client.connections.destroyed", "{connection}", "Connections that were closed, by cause.");
        _failed = _meter.CreateCounter<long>("echo.client.connections.failed", "{connection}", "Connections that could not be opened, by error.");
        _acquire = _meter.CreateHistogram<double>("echo.client.acquire.duration", "s", "How long a caller waited for a connection; with the error where it got none.");
    }

    /// <summary>Makes the instruments that are read when somebody looks: last, when the pool can be read.</summary>
    public void Observe(Func<EchoPoolStatistics> read)
    {
        _read = read;
        _meter.CreateObservableUpDownCounter("echo.client.connections.active", () => Read(static pool => pool.Leased), "{connection}", "Connections that are leased.");
        _meter.CreateObservableUpDownCounter("echo.client.connections.idle", () => Read(static pool => pool.Idle), "{connection}", "Connections that wait to be leased.");
        _meter.CreateObservableUpDownCounter("echo.client.connections.opening", () => Read(static pool => pool.Opening), "{connection}", "Connections that are being opened.");
        _meter.CreateObservableUpDownCounter("echo.client.acquire.waiting", () => Read(static pool => pool.Waiting), "{request}", "Callers that wait for a connection.");
        _meter.CreateObservableUpDownCounter("echo.client.gateways.available", () => Read(static pool => pool.Gateways.Count(static gateway => gateway.IsAvailable)), "{gateway}", "Gateways to which connections would be opened now.");
    }

    public void Created() => _created.Add(1, _pool);

    public void Destroyed(CloseCause cause) => _destroyed.Add(1, _pool, new("echo.client.close_cause", cause.ToString()));

    public void Failed(Exception fault) => _failed.Add(1, _pool, new("error.type", fault.GetType().Name));

    public void Acquired(TimeSpan waited) => _acquire.Record(waited.TotalSeconds, _pool);

    public void NotAcquired(TimeSpan waited, Exception fault) => _acquire.Record(waited.TotalSeconds, _pool, new("error.type", fault.GetType().Name));

    public void Dispose()
    {
        _read = null; // a factory's instruments outlive the pool: they neither speak of it nor keep it
        _own?.Dispose();
    }

    private Measurement<int>[] Read(Func<EchoPoolStatistics, int> select) => _read is { } read ? [new(select(read()), _pool)] : [];
}
