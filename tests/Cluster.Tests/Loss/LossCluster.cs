using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>Three silos, two gateways and their Redis, each on a host of its own, under a load that checks every byte.</summary>
public sealed class LossCluster : IAsyncLifetime
{
    internal const string Store = "store";
    internal const string Far = "far";

    internal const int ConnectionsEach = 20;

    // Heartbeats that were late by more are lost links.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    private readonly List<EchoProcess> _others = [];
    private NetworkLab? _lab;
    private NodeCluster? _nodes;
    private EchoService? _control;

    internal static string[] SiloNames { get; } = ["s1", "s2", "s3"];

    internal static string[] GatewayNames { get; } = ["g1", "g2"];

    /// <summary>Whether faults last as long as in the published table, or just long enough to be noticed.</summary>
    internal static bool IsLong { get; } = Environment.GetEnvironmentVariable("LOSS") is "long";

    internal NetworkLab Lab => _lab!;

    internal RedisServer Redis { get; private set; } = null!;

    internal IReadOnlyList<SiloNode> Silos { get; private set; } = [];

    internal IReadOnlyList<GatewayNode> Gateways { get; private set; } = [];

    private NodeCluster Nodes => _nodes!;

    public async ValueTask InitializeAsync()
    {
        (_lab, var fault) = await NetworkLab.CreateAsync([.. SiloNames, .. GatewayNames, Store, Far]);
        Assert.SkipWhen(_lab is null, $"There is no network of our own: {fault}.");
        Redis = await RedisServer.StartNewAsync($"{Lab.AddressOf(Store)}", Lab.Through(Store));
        _nodes = new NodeCluster(Lab);
        string[] stores = ["--Cluster:Membership=redis", $"--Cluster:ConnectionString={Redis.ConnectionString}", "--Storage:Provider=redis",
            $"--Storage:ConnectionString={Redis.ConnectionString}"];
        Silos = [.. SiloNames.Select(s => Nodes.AddSilo(s, stores))];
        Gateways = [.. GatewayNames.Select(g => Nodes.AddGateway(g, Silos))];
        _control = new EchoService(Topology.Standalone, [], Own);
        await Task.WhenAll(Nodes.StartAsync(), _control.StartAsync());
        await ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_nodes is not null) await _nodes.DisposeAsync();
        foreach (var other in _others) await other.DisposeAsync();
        if (Redis is not null) await Redis.DisposeAsync();
        if (_lab is not null) await _lab.DisposeAsync();
    }

    /// <summary>
    /// Waits until every program can do its work, and every gateway has had a link to every silo for a while: programs that have just
    /// started take each other for lost where the machine is busy, and the table is not about that.
    /// </summary>
    internal async Task ReadyAsync()
    {
        await Nodes.UpAsync();
        var since = TimeProvider.System.GetTimestamp();
        await Deadline.UntilAsync(
            async () =>
            {
                var links = await Task.WhenAll(Gateways.Select(gateway => gateway.MetricAsync("echo_gateway_backend_silos")));
                if (links.Any(count => count != Silos.Count)) since = TimeProvider.System.GetTimestamp();
                return TimeProvider.System.GetElapsedTime(since) >= Settled;
            },
            "links to all silos that last");
    }

    /// <summary>
    /// How long a fault lasts that lasts so long in the published table: just long enough to be noticed, unless the long way was asked for.
    /// </summary>
    internal static TimeSpan For(double seconds) => TimeSpan.FromSeconds(IsLong ? seconds : Math.Min(seconds, 6));

    /// <summary>Waits until each gateway has so many links to silos.</summary>
    internal async Task LinksAsync(int silos)
    {
        foreach (var gateway in Gateways) await gateway.MetricIsAsync(silos, "echo_gateway_backend_silos");
    }

    /// <summary>How many connections have gone from one silo to another.</summary>
    internal Task<double> MovesAsync() => SumAsync("echo_gateway_backend_moves_total");

    /// <summary>How many connections are on some silos.</summary>
    internal async Task<double> ConnectionsAsync(IEnumerable<SiloNode> silos) =>
        (await Task.WhenAll(silos.Select(silo => SumAsync("echo_gateway_backend_connections", $"echo_silo=\"{silo.Gateways}\"")))).Sum();

    /// <summary>Kills programs at once, and waits until they have ended; they stay down until they are released.</summary>
    internal async Task KillAsync(params IReadOnlyList<Node> nodes)
    {
        var runs = nodes.Select(node => node.Process).ToList();
        foreach (var node in nodes) Nodes[node].Kill();
        foreach (var run in runs) Assert.Equal(128 + (int)Signal.Kill, await run.WaitForExitAsync());
    }

    /// <summary>Lets programs run again.</summary>
    internal void Release(params IReadOnlyList<Node> nodes)
    {
        foreach (var node in nodes) Nodes[node].Release();
    }

    /// <summary>One more gateway.</summary>
    internal async Task<GatewayNode> StartFarGatewayAsync()
    {
        var gateway = Nodes.NewGateway(Far, Silos);
        await gateway.StartAsync();
        return gateway;
    }

    /// <summary>A load on each gateway.</summary>
    internal async Task<VerifiedLoad[]> LoadAsync() =>
        [.. await Task.WhenAll(Gateways.Select(g => VerifiedLoad.StartAsync(ConnectionsEach, g.Line)))];

    /// <summary>
    /// The same load on a gateway and a silo of their own, in one process, that nothing happens to: how long anybody
    /// there has to wait is the machine's doing.
    /// </summary>
    internal Task<VerifiedLoad> ControlAsync() => VerifiedLoad.StartAsync(ConnectionsEach, _control!.Line);

    /// <summary>What has happened since it was asked last.</summary>
    internal IEnumerable<string> News() => Nodes.News();

    /// <summary>What the programs wrote, in the report of the test that failed.</summary>
    internal void Report()
    {
        foreach (var run in Nodes.Runs.Concat(_others)) TestContext.Current.TestOutputHelper?.WriteLine(run.Report());
    }

    private async Task<double> SumAsync(string metric, params string[] labels) =>
        (await Task.WhenAll(Gateways.Select(g => g.MetricAsync(metric, labels)))).Sum();

    private EchoProcess Own(EchoProcess process)
    {
        _others.Add(process);
        return process;
    }
}
