using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>An old cluster and a new one, one service and one store: they share the quota, and both are served (ADR 20).</summary>
public sealed class TwoClustersQuotaTests : ProcessTest
{
    private const int Limit = QuotaCluster.Limit;

    // Twice what anybody may wait here: who had to wait for one would be late.
    private static readonly TimeSpan Lease = QuotaCluster.Bound * 2;

    [Fact]
    public async Task BothAreServed_UpToTheLimitTogether_AndNobodyWaitsForALease()
    {
        var redis = await OwnAsync(RedisServer.StartNewAsync());
        var (blueSilo, blue) = NewCluster(redis, "blue");
        var (greenSilo, green) = NewCluster(redis, "green");

        // 1. The first one waits for a lease time: it does not know what an empty store has forgotten. The second one does not.
        await Task.WhenAll(blueSilo.StartAsync(), blue.StartAsync());
        await QuotaCluster.AdmittedAsync(Limit, blue.Line);
        using var old = await Crowd.OpenAsync(6, blue.Line, QuotaCluster.Bound);
        Assert.Equal(6, old.Count);
        await Task.WhenAll(greenSilo.StartAsync(), green.StartAsync());
        await Deadline.UntilAsync(green.IsReadyAsync, "the second cluster's gateway to be ready");
        await FillsAsync(green, 4);

        // 2. Both at once: as many as the limit together, and none more.
        using (var others = await Crowd.OpenAsync([blue.Line, green.Line, blue.Line, green.Line, blue.Line, green.Line, blue.Line, green.Line], QuotaCluster.Bound))
        {
            Assert.Equal((4, 4), (others.Count, others.Refusals.Count));
            Assert.All(others.Refusals, refusal => Assert.Equal("QuotaExceeded", refusal));
            await old.EchoAsync("of six");
            await others.EchoAsync("of four");
            Assert.Equal(Limit, await blue.MetricAsync("echo_gateway_quota_open") + await green.MetricAsync("echo_gateway_quota_open"));
            await others.CloseAsync(4);
        }

        // 3. In turn: what one's connections leave is the other's within a renewal.
        await old.CloseAsync(6);
        foreach (var gateway in (GatewayNode[])[green, blue, green, blue]) await FillsAsync(gateway, Limit);
    }

    /// <summary>All that is free goes to one gateway, and nothing more.</summary>
    private static async Task FillsAsync(GatewayNode gateway, int free)
    {
        using var crowd = await Crowd.OpenAsync(free, gateway.Line, QuotaCluster.Bound);
        Assert.Equal((free, 0), (crowd.Count, crowd.Refusals.Count));
        Assert.Equal("QuotaExceeded", (await Crowd.TryAsync(gateway.Line)).Refusal);
        await crowd.CloseAsync(free);
    }

    private (SiloNode Silo, GatewayNode Gateway) NewCluster(RedisServer redis, string cluster)
    {
        string[] members = [$"--Cluster:ClusterId={cluster}", "--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}"];
        var silo = new SiloNode(
            NodePlace.Here,
            Own,
            [.. members, "--quota", $"{Limit}", $"--Quota:LeaseSeconds={Lease.TotalSeconds}", $"--Quota:RenewSeconds={QuotaCluster.Renew.TotalSeconds}", "--Storage:Provider=redis", $"--Storage:ConnectionString={redis.ConnectionString}"]);
        return (silo, new GatewayNode(NodePlace.Here, Own, [], [.. members, $"--Gateway:Name={cluster}"]));
    }
}
