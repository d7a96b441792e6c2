using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OrleansEcho.Client.Pooling;

namespace OrleansEcho.Client.Diagnostics;

/// <summary>A pool's instruments, on the meter <c>OrleansEcho.Client</c>. Described in docs/client.md.</summary>
/// <remarks>
/// Whoever listens to an instrument is called where a figure is noted, in the midst of what the pool does. One that throws is logged
/// once and must not cost a connection or a lease.
/// </remarks>
internal sealed class PoolMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "OrleansEcho.Client";

    private const string PoolTag = "echo.client.pool";

    private readonly KeyValuePair<string, object?> _pool;
    private readonly string _name;
    private readonly ILogger _logger;
    private readonly Meter _meter;
    private readonly Meter? _own;
    private readonly Counter<long> _created;
    private readonly Counter<long> _destroyed;
    private readonly Counter<long> _failed;
    private readonly Histogram<double> _acquire;
    private volatile Func<EchoPoolStatistics>? _read;
    private int _isFailing;

    /// <param name="meters">Where meters come from; one of its own when null.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="logger">Where a listener that fails is told of.</param>
    public PoolMetrics(IMeterFactory? meters, string pool, ILogger logger)
    {
        (_name, _logger) = (pool, logger);
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

    public void Created() => Add(_created);

    public void Destroyed(CloseCause cause) => Add(_destroyed, new KeyValuePair<string, object?>("echo.client.close_cause", cause.ToString()));

    public void Failed(Exception fault) => Add(_failed, new KeyValuePair<string, object?>("error.type", fault.GetType().Name));

    public void Acquired(TimeSpan waited)
    {
        try
        {
            _acquire.Record(waited.TotalSeconds, _pool);
        }
        catch (Exception fault)
        {
            ListenerFails(fault);
        }
    }

    public void NotAcquired(TimeSpan waited, Exception why)
    {
        try
        {
            _acquire.Record(waited.TotalSeconds, _pool, new("error.type", why.GetType().Name));
        }
        catch (Exception fault)
        {
            ListenerFails(fault);
        }
    }

    public void Dispose()
    {
        _read = null; // a factory's instruments outlive the pool: they neither speak of it nor keep it
        _own?.Dispose();
    }

    private void Add(Counter<long> counter, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(1, [_pool, .. tags]);
        }
        catch (Exception fault)
        {
            ListenerFails(fault);
        }
    }

    private void ListenerFails(Exception fault)
    {
        if (Interlocked.Exchange(ref _isFailing, 1) is 0) PoolLog.ListenerFails(_logger, _name, fault.Message);
    }

    private Measurement<int>[] Read(Func<EchoPoolStatistics, int> select) => _read is { } read ? [new(select(read()), _pool)] : [];
}
