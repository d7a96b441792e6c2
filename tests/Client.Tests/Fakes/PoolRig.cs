using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Fakes;

/// <summary>A pool in a world that a test scripts: its clock, its gateways, its dice.</summary>
internal sealed class PoolRig : IAsyncDisposable, IMeterFactory
{
    public const string A = "10.0.0.1:7001";
    public const string B = "10.0.0.2:7001";

    private readonly List<Meter> _meters = [];
    private EchoClientPool? _pool;

    public FakeTimeProvider Time { get; } = new();

    public ScriptedConnector Connector { get; } = new(Framings.LengthPrefixed);

    public ScriptedResolver Resolver { get; } = new();

    public FaultyLogger Log { get; } = new();

    public EchoClientPoolOptions Options { get; } = new();

    /// <summary>Made when it is asked for first.</summary>
    public EchoClientPool Pool => _pool ??= new EchoClientPool(Options, new PoolSeams(Connector, Resolver, new Random(1)), Time, this, Log);

    public EchoPoolStatistics Now => Pool.ReadStatistics();

    /// <summary>Sets the gateways.</summary>
    public PoolRig With(params string[] gateways)
    {
        foreach (var gateway in gateways) Options.Gateways.Add(gateway);
        return this;
    }

    /// <summary>Leases a connection, which comes without time passing.</summary>
    public Task<EchoLease> AcquireAsync() => Pool.AcquireAsync(TestContext.Current.CancellationToken).AsTask().WithinAsync("a connection");

    /// <summary>Has a message echoed.</summary>
    public async Task EchoAsync()
    {
        using var reply = await Pool.SendAsync("hello"u8.ToArray(), TestContext.Current.CancellationToken).AsTask().WithinAsync("an echo");
        Assert.Equal("hello"u8.ToArray(), reply.Memory.ToArray());
    }

    /// <summary>Waits until the pool looks as a test expects it; time stands still.</summary>
    public Task UntilAsync(Func<EchoPoolStatistics, bool> isSo, string what) => Deadline.UntilAsync(() => Task.FromResult(isSo(Now)), what);

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    void IDisposable.Dispose() => _meters.ForEach(static meter => meter.Dispose());

    public async ValueTask DisposeAsync()
    {
        Options.DrainTimeout = TimeSpan.Zero;
        if (_pool is not null) await _pool.DisposeAsync();
        ((IDisposable)this).Dispose();
    }
}
