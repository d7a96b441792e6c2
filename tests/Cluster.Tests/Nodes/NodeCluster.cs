using System.Collections.Concurrent;
using System.Globalization;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Nodes;

/// <summary>Programs that are started again whenever they end, and what has happened to them.</summary>
/// <param name="lab">The network in which each has a host of its own name; all are on this one where there is none. It is the caller's.</param>
/// <param name="hasClocks">Whether each has a wall clock of its own.</param>
internal sealed class NodeCluster(NetworkLab? lab, bool hasClocks = false) : IAsyncDisposable
{
    // Five programs that start at once on a busy machine; the silos wait for each other.
    private static readonly TimeSpan UntilUp = TimeSpan.FromSeconds(90);

    private readonly List<SupervisedNode> _nodes = [];
    private readonly Dictionary<string, WallClock> _clocks = [];
    private readonly ConcurrentQueue<EchoProcess> _runs = new();
    private readonly ConcurrentQueue<string> _events = new();
    private readonly long _start = TimeProvider.System.GetTimestamp();

    /// <summary>Every run of every program.</summary>
    public IReadOnlyCollection<EchoProcess> Runs => _runs;

    /// <summary>What happened, with times.</summary>
    public IReadOnlyCollection<string> Events => _events;

    public SupervisedNode this[string name] => _nodes.Single(n => n.Name == name);

    public SupervisedNode this[Node node] => _nodes.Single(n => n.Node == node);

    /// <summary>One more silo; it is not started.</summary>
    public SiloNode AddSilo(string name, params IReadOnlyList<string> arguments) => Add(name, new SiloNode(Place(name), Own, arguments));

    /// <summary>One more gateway; it is not started.</summary>
    public GatewayNode AddGateway(string name, IEnumerable<SiloNode> silos) => Add(name, NewGateway(name, silos));

    /// <summary>A gateway that nobody starts but the caller, and nobody starts again.</summary>
    public GatewayNode NewGateway(string name, IEnumerable<SiloNode> silos) => new(Place(name), Own, silos, $"--Gateway:Name={name}");

    /// <summary>Starts all of them, and waits until they can do their work.</summary>
    public Task StartAsync()
    {
        foreach (var node in _nodes) node.Start();
        return UpAsync();
    }

    /// <summary>Waits until every program says that it can do its work.</summary>
    public async Task UpAsync()
    {
        foreach (var node in _nodes) await Deadline.UntilAsync(node.Node.IsReadyAsync, $"{node.Name} to be ready", UntilUp);
    }

    /// <summary>Sets the wall clock of a program so far off from the machine's.</summary>
    public void JumpClock(string name, int seconds) => _clocks[name].Jump(seconds);

    /// <summary>Notes something with its time.</summary>
    public void Say(string what) => _events.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{SecondsAt(TimeProvider.System.GetTimestamp()),7:0.00} s  {what}"));

    /// <summary>The time of an instant among what happened.</summary>
    public double SecondsAt(long timestamp) => TimeProvider.System.GetElapsedTime(_start, timestamp).TotalSeconds;

    /// <summary>What has happened since it was asked last; it is forgotten then.</summary>
    public IEnumerable<string> News()
    {
        while (_events.TryDequeue(out var word)) yield return word;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(n => n.StopAsync()));
        foreach (var run in _runs) await run.DisposeAsync();
        foreach (var clock in _clocks.Values) clock.Dispose();
    }

    private TNode Add<TNode>(string name, TNode node)
        where TNode : Node
    {
        _nodes.Add(new SupervisedNode(name, node, Say));
        return node;
    }

    private NodePlace Place(string name)
    {
        var place = lab?.PlaceOf(name) ?? NodePlace.Here;
        return hasClocks ? place with { Environment = (_clocks[name] = new WallClock()).Environment } : place;
    }

    private EchoProcess Own(EchoProcess run)
    {
        _runs.Enqueue(run);
        return run;
    }
}
