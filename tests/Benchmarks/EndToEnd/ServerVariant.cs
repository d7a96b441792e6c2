namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>A way to run the product that is measured.</summary>
/// <param name="Name">On the command line, in tables, and in the keys of stored ratios.</param>
/// <param name="Description">For people.</param>
/// <param name="StartAsync">Starts it, and waits until it serves.</param>
/// <param name="Loads">The loads that it is measured under; all when null.</param>
internal sealed record ServerVariant(string Name, string Description, Func<Task<MeasuredServer>> StartAsync, string[]? Loads = null)
{
    /// <summary>What the others are also compared with: whether more gateways, or more silos, make a message dearer.</summary>
    public const string Cluster = "cluster";

    public static IReadOnlyList<ServerVariant> All { get; } =
    [
        new(Cluster, "a gateway and a silo", () => MeasuredServer.ClusterAsync(Cluster)),
        new("standalone", "gateway and silo in one process", MeasuredServer.StandaloneAsync),
        new("two-gateways", "two gateways and a silo; not W3, whose one connection has one gateway", () => MeasuredServer.ClusterAsync("two-gateways", gateways: 2), ["W1", "W2", "W4", "W5", "W6"]),
        new("four-silos", "a gateway and four silos", () => MeasuredServer.ClusterAsync("four-silos", silos: 4)),

        // The quota is asked when a connection opens. Without a store that remembers it lends nothing for a lease time: this one takes 17 s to start.
        new("cluster-quota", "as cluster, with a quota of 9,000 connections; W6 only", () => MeasuredServer.ClusterAsync("cluster-quota", siloArguments: ["--quota", "9000"]), Loads: ["W6"]),
    ];

    /// <summary>Those with these names, in their own order.</summary>
    public static IReadOnlyList<ServerVariant> Named(IReadOnlyCollection<string> names) => [.. All.Where(v => names.Contains(v.Name))];

    /// <summary>Whether it is measured under a load.</summary>
    public bool Takes(MeasuredLoad load) => Loads is null || Loads.Contains(load.Name);
}
