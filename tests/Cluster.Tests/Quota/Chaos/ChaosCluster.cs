using System.Net;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>
/// Three gateways, two silos and their store, each on a host of its own where there is a network, and what can go wrong with them.
/// </summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    public const int Limit = 500;
    public const string Store = "store";

    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);
    public static readonly TimeSpan Renew = TimeSpan.FromSeconds(1);

    private readonly NetworkLab? _lab;
    private readonly NodeCluster _nodes;
    private readonly List<StoreServer> _servers = [];
    private StoreServer? _store;

    public ChaosCluster(NetworkLab? lab) => (_lab, _nodes) = (lab, new NodeCluster(lab, hasClocks: WallClock.Exists));

    public static IReadOnlyList<string> GatewayNames { get; } = ["g1", "g2", "g3"];

    public static IReadOnlyList<string> SiloNames { get; } = ["s1", "s2"];

    /// <summary>The gateways, and where clients connect to.</summary>
    public IReadOnlyList<(string Name, EndPoint Address)> Listeners =>
        [.. GatewayNames.Zip(Gateways, (name, gateway) => (name, (EndPoint)gateway.Line))];

    public IReadOnlyList<GatewayNode> Gateways { get; private set; } = [];

    public IReadOnlyList<SiloNode> Silos { get; private set; } = [];

    /// <summary>When the last fault was over.</summary>
    public long FaultsEnded { get; set; } = long.MaxValue;

    /// <summary>What happened, with times.</summary>
    public IReadOnlyCollection<string> Events => _nodes.Events;

    /// <summary>Every run of every program.</summary>
    public IReadOnlyCollection<EchoProcess> Runs => _nodes.Runs;

    /// <summary>Starts all of it.</summary>
    /// <param name="usesPostgres">Whether the grains' state is in PostgreSQL; the list of silos is in Redis in any case.</param>
    public async Task StartAsync(bool usesPostgres)
    {
        var redis = _lab is null
            ? await RedisServer.StartNewAsync() : await RedisServer.StartNewAsync($"{_lab.AddressOf(Store)}", _lab.Through(Store));
        _servers.Add(redis);
        _store = redis;
        string[] storage = ["--Storage:Provider=redis", $"--Storage:ConnectionString={redis.ConnectionString}"];
        if (usesPostgres)
        {
            var postgres = await PostgresServer.StartNewAsync();
            _servers.Add(postgres);
            _store = postgres;
            storage = [
                "--Storage:Provider=postgresql", $"--Storage:ConnectionString={postgres.ConnectionString}", "--Storage:CreateSchema=true"];
        }

        string[] terms =
            ["--quota", $"{Limit}", $"--Quota:LeaseSeconds={Lease.TotalSeconds}", $"--Quota:RenewSeconds={Renew.TotalSeconds}"];
        string[] membership = ["--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}"];
        Silos = [.. SiloNames.Select(s => _nodes.AddSilo(s, [.. terms, .. membership, .. storage]))];
        Gateways = [.. GatewayNames.Select(g => _nodes.AddGateway(g, Silos))];
        await _nodes.StartAsync();
    }

    /// <summary>Waits until every program can do its work again.</summary>
    public Task UpAsync() => _nodes.UpAsync();

    /// <summary>Notes something with its time.</summary>
    public void Say(string what) => _nodes.Say(what);

    /// <summary>The time of an instant in the report.</summary>
    public double SecondsAt(long timestamp) => _nodes.SecondsAt(timestamp);

    /// <summary>Does what a schedule says, and heals it again.</summary>
    public async Task RunAsync(IReadOnlyList<ClusterFault> schedule, CancellationToken cancellationToken) =>
        await Task.WhenAll(schedule.Select(fault => RunAsync(fault, cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        await _nodes.DisposeAsync();
        foreach (var server in _servers) await server.DisposeAsync();
    }

    private async Task RunAsync(ClusterFault fault, CancellationToken cancellationToken)
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
            if (fault.Kind is not ClusterFaultKind.ClockJump) Say($"over: {fault.What}");
        }
        catch (InvalidOperationException) when (fault.Kind is ClusterFaultKind.Freeze && fault.Target != Store)
        {
            Say($"{fault.Target} has ended while it stood still");
        }
    }

    private Task BeginAsync(ClusterFault fault)
    {
        switch (fault.Kind)
        {
            case ClusterFaultKind.Kill when fault.Target is Store:
                return _store!.KillAsync();
            case ClusterFaultKind.Kill:
                _nodes[fault.Target].Kill();
                return Task.CompletedTask;
            case ClusterFaultKind.Freeze:
                return fault.Target is Store ? _store!.FreezeAsync() : _nodes[fault.Target].Node.Process.FreezeAsync();
            case ClusterFaultKind.Cut:
                return Task.WhenAll(_lab!.DeafenAsync(fault.Target, fault.Other), _lab.DeafenAsync(fault.Other, fault.Target));
            case ClusterFaultKind.Deafen:
                return _lab!.DeafenAsync(fault.Target, fault.Other);
            default:
                _nodes.JumpClock(fault.Target, fault.JumpSeconds);
                return Task.CompletedTask;
        }
    }

    private Task EndAsync(ClusterFault fault)
    {
        switch (fault.Kind)
        {
            case ClusterFaultKind.Kill when fault.Target is Store:
                return _store!.StartAsync();
            case ClusterFaultKind.Kill:
                _nodes[fault.Target].Release();
                return Task.CompletedTask;
            case ClusterFaultKind.Freeze when fault.Target is Store:
                _store!.Continue();
                return Task.CompletedTask;
            case ClusterFaultKind.Freeze:
                _nodes[fault.Target].Node.Process.Send(Signal.Continue);
                return Task.CompletedTask;
            case ClusterFaultKind.Cut:
                return Task.WhenAll(_lab!.HearAsync(fault.Target, fault.Other), _lab.HearAsync(fault.Other, fault.Target));
            case ClusterFaultKind.Deafen:
                return _lab!.HearAsync(fault.Target, fault.Other);
            default:
                return Task.CompletedTask;
        }
    }
}
