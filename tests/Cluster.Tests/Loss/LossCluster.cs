using System.Collections.Concurrent;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>Three silos, two gateways and their Redis, each on a host of its own, under a load that checks every byte.</summary>
public sealed class LossCluster : IAsyncLifetime
{
    internal const string Store = "store";
    internal const string Far = "far";

    private const int ConnectionsEach = 20;

    private readonly ConcurrentQueue<EchoProcess> _runs = new();
    private readonly ConcurrentQueue<string> _events = new();
    private IReadOnlyList<SupervisedNode> _nodes = [];
    private NetworkLab? _lab;

    internal static string[] SiloNames { get; } = ["s1", "s2", "s3"];

    internal static string[] GatewayNames { get; } = ["g1", "g2"];

    /// <summary>Whether faults last as long as in the published table, or just long enough to be noticed.</summary>
    internal static bool IsLong { get; } = Environment.GetEnvironmentVariable("LOSS") is "long";

    internal NetworkLab Lab => _lab!;

    internal RedisServer Redis { get; private set; } = null!;

    internal IReadOnlyList<Node> Silos { get; private set; } = [];

    internal IReadOnlyList<Node> Gateways { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        (_lab, var fault) = await NetworkLab.CreateAsync([.. SiloNames, .. GatewayNames, Store, Far]);
        Assert.SkipWhen(_lab is null, $"There is no network of our own: {fault}.");
        Redis = await RedisServer.StartNewAsync($"{Lab.AddressOf(Store)}", Lab.Through(Store));
        var silos = SiloNames.Select(s => new SiloNode(Place(s), Own, "--Cluster:Membership=redis", $"--Cluster:ConnectionString={Redis.ConnectionString}", "--Storage:Provider=redis", $"--Storage:ConnectionString={Redis.ConnectionString}")).ToList();
        Silos = silos;
        Gateways = [.. GatewayNames.Select(g => new GatewayNode(Place(g), Own, silos, $"--Gateway:Name={g}"))];
        _nodes = [.. Silos.Concat(Gateways).Select(n => new SupervisedNode(n.Address.ToString(), n, _events.Enqueue))];
        foreach (var node in _nodes) node.Start();
        await ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(n => n.StopAsync()));
        foreach (var run in _runs) await run.DisposeAsync();
        if (Redis is not null) await Redis.DisposeAsync();
        if (_lab is not null) await _lab.DisposeAsync();
    }

    /// <summary>Waits until every program can do its work, and every gateway has a link to every silo.</summary>
    internal async Task ReadyAsync()
    {
        foreach (var node in _nodes) await Deadline.UntilAsync(node.Node.IsReadyAsync, "all programs to be ready", TimeSpan.FromSeconds(90));
        foreach (var gateway in Gateways) await gateway.MetricIsAsync(Silos.Count, "echo_gateway_backend_silos");
    }

    /// <summary>How long a fault lasts that lasts so long in the published table: just long enough to be noticed, unless the long way was asked for.</summary>
    internal static TimeSpan For(double seconds) => TimeSpan.FromSeconds(IsLong ? seconds : Math.Min(seconds, 6));

    /// <summary>Kills programs at once; they stay down until they are released.</summary>
    internal void Kill(params IReadOnlyList<Node> nodes)
    {
        foreach (var node in nodes) Of(node).Kill();
    }

    /// <summary>Lets programs run again.</summary>
    internal void Release(params IReadOnlyList<Node> nodes)
    {
        foreach (var node in nodes) Of(node).Release();
    }

    /// <summary>One more gateway.</summary>
    internal async Task<GatewayNode> StartFarGatewayAsync()
    {
        var gateway = new GatewayNode(Place(Far), Own, Silos.Cast<SiloNode>(), $"--Gateway:Name={Far}");
        await gateway.StartAsync();
        return gateway;
    }

    /// <summary>A load on each gateway.</summary>
    internal async Task<VerifiedLoad[]> LoadAsync() =>
        [.. await Task.WhenAll(Gateways.Select(g => VerifiedLoad.StartAsync(ConnectionsEach, ((GatewayNode)g).Line)))];

    /// <summary>What has happened since it was asked last.</summary>
    internal IEnumerable<string> News()
    {
        while (_events.TryDequeue(out var word)) yield return word;
    }

    /// <summary>What the programs wrote, in the report of the test that failed.</summary>
    internal void Report()
    {
        foreach (var run in _runs) TestContext.Current.TestOutputHelper?.WriteLine(run.Report());
    }

    private SupervisedNode Of(Node node) => _nodes.Single(n => n.Node == node);

    private NodePlace Place(string name) => new(Lab.AddressOf(name), Lab.Through(name), NodePlace.Here.Environment);

    private EchoProcess Own(EchoProcess run)
    {
        _runs.Enqueue(run);
        return run;
    }
}
