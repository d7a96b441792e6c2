using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>Three gateways, two silos and their store, each on a host of its own where there is a network, and what can go wrong with them.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    public const int Limit = 500;
    public const string Store = "store";

    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);
    public static readonly TimeSpan Renew = TimeSpan.FromSeconds(1);

    // Five programs that start at once on a busy machine; the silos wait for each other.
    private static readonly TimeSpan UntilUp = TimeSpan.FromSeconds(90);

    private readonly NetworkLab? _lab;
    private readonly Dictionary<string, WallClock> _clocks = [];
    private readonly Dictionary<string, SupervisedNode> _nodes = [];
    private readonly ConcurrentQueue<EchoProcess> _runs = new();
    private readonly ConcurrentQueue<string> _events = new();
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly List<StoreServer> _servers = [];
    private StoreServer? _store;

    public ChaosCluster(NetworkLab? lab) => _lab = lab;

    public static IReadOnlyList<string> GatewayNames { get; } = ["g1", "g2", "g3"];

    public static IReadOnlyList<string> SiloNames { get; } = ["s1", "s2"];

    /// <summary>The gateways, and where clients connect to.</summary>
    public IReadOnlyList<(string Name, EndPoint Address)> Listeners => [.. GatewayNames.Select(g => (g, (EndPoint)((GatewayNode)_nodes[g].Node).Line))];

    /// <summary>The gateways.</summary>
    public IReadOnlyList<Node> Gateways => [.. GatewayNames.Select(g => _nodes[g].Node)];

    /// <summary>The silos.</summary>
    public IReadOnlyList<Node> Silos => [.. SiloNames.Select(s => _nodes[s].Node)];

    /// <summary>When the last fault was over.</summary>
    public long FaultsEnded { get; set; } = long.MaxValue;

    /// <summary>What happened, with times.</summary>
    public IReadOnlyCollection<string> Events => _events;

    /// <summary>Every run of every program.</summary>
    public IReadOnlyCollection<EchoProcess> Runs => _runs;

    /// <summary>Starts all of it.</summary>
    /// <param name="usesPostgres">Whether the grains' state is in PostgreSQL; the list of silos is in Redis in any case.</param>
    public async Task StartAsync(bool usesPostgres)
    {
        var redis = _lab is null ? await RedisServer.StartNewAsync() : await RedisServer.StartNewAsync($"{_lab.AddressOf(Store)}", _lab.Through(Store));
        _servers.Add(redis);
        _store = redis;
        string[] storage = ["--Storage:Provider=redis", $"--Storage:ConnectionString={redis.ConnectionString}"];
        if (usesPostgres)
        {
            var postgres = await PostgresServer.StartNewAsync();
            _servers.Add(postgres);
            _store = postgres;
            storage = ["--Storage:Provider=postgresql", $"--Storage:ConnectionString={postgres.ConnectionString}", "--Storage:CreateSchema=true"];
        }

        string[] terms = ["--quota", $"{Limit}", $"--Quota:LeaseSeconds={Lease.TotalSeconds}", $"--Quota:RenewSeconds={Renew.TotalSeconds}"];
        string[] membership = ["--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}"];
        var silos = SiloNames.Select(s => new SiloNode(Place(s), Own, [.. terms, .. membership, .. storage])).ToList();
        foreach (var (i, silo) in silos.Index()) Add(SiloNames[i], silo);
        foreach (var name in GatewayNames) Add(name, new GatewayNode(Place(name), Own, silos, [$"--Gateway:Name={name}"]));
        foreach (var node in _nodes.Values) node.Start();
        await UpAsync();
    }

    /// <summary>Notes something with its time.</summary>
    public void Say(string what) => _events.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{SecondsAt(TimeProvider.System.GetTimestamp()),7:0.00} s  {what}"));

    /// <summary>The time of an instant in the report.</summary>
    public double SecondsAt(long timestamp) => TimeProvider.System.GetElapsedTime(_start, timestamp).TotalSeconds;

    /// <summary>Does what a schedule says, and heals it again.</summary>
    public async Task RunAsync(IReadOnlyList<Fault> schedule, CancellationToken cancellationToken) =>
        await Task.WhenAll(schedule.Select(fault => RunAsync(fault, cancellationToken)));

    /// <summary>Waits until every program says that it can do its work.</summary>
    public async Task UpAsync()
    {
        foreach (var node in _nodes.Values) await Deadline.UntilAsync(node.Node.IsReadyAsync, $"{node.Name} to be ready", UntilUp);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Values.Select(n => n.StopAsync()));
        foreach (var run in _runs) await run.DisposeAsync();
        foreach (var server in _servers) await server.DisposeAsync();
        foreach (var clock in _clocks.Values) clock.Dispose();
    }

    private async Task RunAsync(Fault fault, CancellationToken cancellationToken)
    {
        await Task.Delay(fault.At, TimeProvider.System, cancellationToken);
        try
        {
            await BeginAsync(fault);
            Say(fault.What);
        }
        catch (Exception missed) when (missed is InvalidOperationException or IOException && fault.Target != Store)
        {
            Say($"{fault.What}: it was not running");
            _nodes[fault.Target].Release();
            return;
        }

        await Task.Delay(fault.Lasts, TimeProvider.System, cancellationToken);
        try
        {
            await EndAsync(fault);
            if (fault.Kind is not FaultKind.ClockJump) Say($"over: {fault.What}");
        }
        catch (InvalidOperationException) when (fault.Kind is FaultKind.Freeze && fault.Target != Store)
        {
            Say($"{fault.Target} has ended while it stood still");
        }
    }

    private Task BeginAsync(Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Kill when fault.Target is Store:
                return _store!.KillAsync();
            case FaultKind.Kill:
                _nodes[fault.Target].Kill();
                return Task.CompletedTask;
            case FaultKind.Freeze:
                return fault.Target is Store ? _store!.FreezeAsync() : _nodes[fault.Target].Node.Process.FreezeAsync();
            case FaultKind.Cut:
                return Task.WhenAll(_lab!.DeafenAsync(fault.Target, fault.Other), _lab.DeafenAsync(fault.Other, fault.Target));
            case FaultKind.Deafen:
                return _lab!.DeafenAsync(fault.Target, fault.Other);
            default:
                _clocks[fault.Target].Jump(fault.JumpSeconds);
                return Task.CompletedTask;
        }
    }

    private Task EndAsync(Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Kill when fault.Target is Store:
                return _store!.StartAsync();
            case FaultKind.Kill:
                _nodes[fault.Target].Release();
                return Task.CompletedTask;
            case FaultKind.Freeze when fault.Target is Store:
                _store!.Continue();
                return Task.CompletedTask;
            case FaultKind.Freeze:
                _nodes[fault.Target].Node.Process.Send(Signal.Continue);
                return Task.CompletedTask;
            case FaultKind.Cut:
                return Task.WhenAll(_lab!.HearAsync(fault.Target, fault.Other), _lab.HearAsync(fault.Other, fault.Target));
            case FaultKind.Deafen:
                return _lab!.HearAsync(fault.Target, fault.Other);
            default:
                return Task.CompletedTask;
        }
    }

    private NodePlace Place(string name)
    {
        var (address, through) = _lab is null ? (IPAddress.Loopback, []) : (_lab.AddressOf(name), _lab.Through(name));
        if (!WallClock.Exists) return new NodePlace(address, through, NodePlace.Here.Environment);
        var clock = _clocks[name] = new WallClock();
        return new NodePlace(address, through, clock.Environment);
    }

    private void Add(string name, Node node) => _nodes.Add(name, new SupervisedNode(name, node, Say));

    private EchoProcess Own(EchoProcess run)
    {
        _runs.Enqueue(run);
        return run;
    }
}
