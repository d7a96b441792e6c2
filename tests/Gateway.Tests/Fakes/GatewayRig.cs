using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Adapters;
using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Gateway.Hosting;
using OrleansEcho.Gateway.Sockets;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>A gateway's parts, put together as its host does, over a backend that the test plays.</summary>
internal sealed class GatewayRig : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly List<IListener> _listeners = [];
    private readonly TimeProvider _time;
    private readonly SocketThreadGroup? _threads;

    public GatewayRig(FakeBackend? backend = null, TimeProvider? time = null, GatewayOptions? options = null, QuotaLimiter? quota = null,
        SocketThreadGroup? threads = null, BufferBudget? budget = null)
    {
        Backend = backend ?? new FakeBackend();
        _time = time ?? TimeProvider.System;
        _threads = threads;
        Options = options ?? new GatewayOptions();
        _services = new ServiceCollection()
            .AddMetrics()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddFakeLogging())
            .BuildServiceProvider();
        Log = _services.GetFakeLogCollector();
        Meters = _services.GetRequiredService<IMeterFactory>();
        Metrics = new GatewayMetrics(Meters);
        Clock = new CoarseClock(_time);
        Budget = budget ?? new BufferBudget(long.MaxValue);
        Quota = quota ?? FakeQuota.Unlimited(_time);
        Admission = new ConnectionAdmission(Backend, Quota, Wrap(Options));
        Registry = new ConnectionRegistry(Admission, Clock, Budget, _time, NullLogger<ConnectionRegistry>.Instance);
        Refusals = new RefusalLog(_time, Logger<RefusalLog>());
        Life = new ConnectionLife(
            Admission, Backend, Registry, Refusals, new GatewayRun(), Clock, _time, Wrap(Options), Budget, Logger<ConnectionLife>());
    }

    public FakeBackend Backend { get; }

    public GatewayOptions Options { get; }

    public FakeLogCollector Log { get; }

    public IMeterFactory Meters { get; }

    public GatewayMetrics Metrics { get; }

    public CoarseClock Clock { get; }

    public BufferBudget Budget { get; }

    public QuotaLimiter Quota { get; }

    public ConnectionAdmission Admission { get; }

    public ConnectionRegistry Registry { get; }

    public RefusalLog Refusals { get; }

    public ConnectionLife Life { get; }

    /// <summary>Whether an Error log is what the test wants; any other test fails by one.</summary>
    public bool ExpectsErrors { get; set; }

    public ValueTask<AdmissionDecision> AdmitAsync() => Admission.AdmitAsync(TestContext.Current.CancellationToken);

    public MetricCollector<long> Collect(string instrument) => new(Meters, GatewayMetrics.MeterName, instrument, _time);

    /// <summary>A stream listener, not started.</summary>
    public StreamListener Listener(string address, string framing = "line", Action<TcpListenerOptions>? configure = null)
    {
        var options = new TcpListenerOptions { Address = address, Framing = framing };
        configure?.Invoke(options);
        var listener = new StreamListener(
            "test", options, Messages.Codec(framing), Life, Budget, Metrics, _services.GetRequiredService<ILoggerFactory>(), _threads);
        _listeners.Add(listener);
        return listener;
    }

    /// <summary>A stream listener that accepts, on a port of its own.</summary>
    public async Task<StreamListener> ListenAsync(
        string address = "127.0.0.1:0", string framing = "line", Action<TcpListenerOptions>? configure = null)
    {
        var listener = Listener(address, framing, configure);
        await listener.StartAsync(TestContext.Current.CancellationToken).WithinAsync("the listener to start");
        return listener;
    }

    public ListenerHost Host(params IListener[] listeners) =>
        new([new FixedAdapter(listeners)], Admission, Registry, Wrap(Options), _time, Logger<ListenerHost>());

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await listener.StopAsync(now.Token).WithinAsync("the listener to stop");
            await listener.DisposeAsync();
        }

        Life.Dispose();
        Refusals.Dispose();
        Registry.Dispose();
        Admission.Dispose();
        Quota.Dispose();
        var errors = Log.GetSnapshot().Where(r => r.Level >= LogLevel.Error).ToList();
        await _services.DisposeAsync();
        if (!ExpectsErrors) Assert.Empty(errors.Select(e => e.ToString()));
    }

    private static IOptions<T> Wrap<T>(T options)
        where T : class => Microsoft.Extensions.Options.Options.Create(options);

    public ILogger<T> Logger<T>() => _services.GetRequiredService<ILogger<T>>();

    private sealed class FixedAdapter(IEnumerable<IListener> listeners) : IProtocolAdapter
    {
        public IEnumerable<IListener> CreateListeners() => listeners;
    }
}
