using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Backend.Lanes;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>A connection on the first of the silos that the test plays, in a time that the test moves.</summary>
internal sealed class BackendConnectionRig : IAsyncDisposable
{
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly ConnectionOpening Opening = new() { Gateway = "g", Listener = "l", Peer = "p", OpenedAt = default, NextSequence = 1 };

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly BackendRetry _retry;
    private SetLane? _lane;

    public BackendConnectionRig()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        Repeats = new(meters, GatewayMetrics.MeterName, "echo.gateway.backend.repeats");
        Moves = new(meters, GatewayMetrics.MeterName, "echo.gateway.backend.moves");
        First = AddSilo("first");
        _retry = new BackendRetry(CallTimeout, Patience, new GatewayMetrics(meters), Time);
        Connection = NewConnection();
    }

    public WatchedTime Time { get; } = new();

    public SiloLinks Links { get; } = new(new BackendReachability(TimeProvider.System, NullLogger<BackendReachability>.Instance));

    public MetricCollector<long> Repeats { get; }

    public MetricCollector<long> Moves { get; }

    /// <summary>The grain on the first silo.</summary>
    public ScriptedGrain First { get; }

    public OrleansBackendConnection Connection { get; }

    /// <summary>Opens the connection; that is not among the calls that the first silo tells of.</summary>
    public async ValueTask OpenAsync()
    {
        await Connection.OpenAsync(TestContext.Current.CancellationToken);
        First.Calls.Clear();
    }

    public OrleansBackendConnection NewConnection() => new(ConnectionId.Create(ConnectionId.NewRun(), 1), Opening, Links, _retry);

    /// <summary>One more silo.</summary>
    /// <returns>The grain on it.</returns>
    public ScriptedGrain AddSilo(string name)
    {
        var (link, script) = ScriptedSilo.Make(name);
        Links.Add(link);
        return script;
    }

    /// <summary>Opens a lane into the first silo, before anybody connects.</summary>
    public ScriptedLane OpenLane()
    {
        var script = new ScriptedLane();
        Links.All.Single(l => l.Name is "first").OpenLanes(lost => [_lane = new SetLane(script, TimeProvider.System, lost)]);
        return script;
    }

    /// <summary>Another connection's set is under way on the lane, until it is disposed of.</summary>
    public IDisposable Busy()
    {
        Assert.True(_lane!.TryGoAlone());
        return new Occupant(_lane);
    }

    public void Lose(string silo) => Links.Remove(Links.All.Single(l => l.Name == silo), "gone");

    /// <summary>How many connections are on each silo.</summary>
    public IEnumerable<(string Silo, int Connections)> Places() => Links.All.Select(l => (l.Name, l.Connections));

    /// <summary>Sends a set on the connection.</summary>
    public Task<MessageSet> EchoAsync(long sequence, params string[] messages) => Connection.EchoAsync(Set(sequence, messages), TestContext.Current.CancellationToken).AsTask();

    public static MessageSet Set(long sequence, params string[] messages) =>
        new(sequence, Encoding.Latin1.GetBytes(string.Concat(messages)), messages.Length is 1 ? null : [.. messages.Select(m => m.Length)]);

    public ValueTask DisposeAsync()
    {
        Repeats.Dispose();
        Moves.Dispose();
        return _services.DisposeAsync();
    }

    private sealed class Occupant(SetLane lane) : IDisposable
    {
        private bool _isGone;

        public void Dispose()
        {
            if (!_isGone) lane.Return();
            _isGone = true;
        }
    }
}
