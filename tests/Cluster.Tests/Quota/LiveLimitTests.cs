using System.Net;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>
/// A limit of ten is lowered to four while ten connections are open, and then raised: what docs/quota.md says of either policy.
/// </summary>
public sealed class LiveLimitTests : ProcessTest
{
    private const int Lowered = 4;
    private const int Raised = 12;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task LoweredLimit_ClosesTheNewest_AndOfTheGatewayThatHoldsMostFirst()
    {
        var cluster = new QuotaCluster(Own, Lease, ["--Quota:WhenLowered=close-newest"], []);
        await cluster.StartAsync();
        await using var quota = await QuotaOperator.ConnectAsync(cluster.Silo);
        using var first = await OneByOneAsync(7, cluster.First);
        using var second = await OneByOneAsync(3, cluster.Second);
        await StandsAtAsync(cluster, quota, QuotaCluster.Limit, open: 10);

        await quota.SetLimitAsync(Lowered);

        // Seven and three come down to two and two: who holds most comes down most, and its newest connections are closed.
        foreach (var closed in first.Peers.Skip(2).Concat(second.Peers.Skip(2)))
        {
            Assert.Matches("^-ERR QuotaLowered [^\n]+\n$", await closed.ReceiveAllAsync());
        }

        await StandsAtAsync(cluster, quota, Lowered, open: Lowered);
        foreach (var kept in first.Peers.Take(2).Concat(second.Peers.Take(2))) await kept.EchoLineAsync("the oldest");
        await NobodyMoreAsync(cluster);

        await quota.SetLimitAsync(Raised);
        using var more =
            await Crowd.OpenAsync([.. Enumerable.Repeat(cluster.First, 5), .. Enumerable.Repeat(cluster.Second, 5)], QuotaCluster.Bound);
        Assert.Equal((Raised - Lowered, 2), (more.Count, more.Refusals.Count));
        await StandsAtAsync(cluster, quota, Raised, open: Raised);
    }

    [Fact]
    public async Task LoweredLimit_WaitsForConnectionsToEnd_AndLetsNobodyInBefore()
    {
        var cluster = new QuotaCluster(Own, Lease, ["--Quota:WhenLowered=attrition"], []);
        await cluster.StartAsync();
        await using var quota = await QuotaOperator.ConnectAsync(cluster.Silo);
        using var first = await Crowd.OpenAsync(7, cluster.First, QuotaCluster.Bound);
        using var second = await Crowd.OpenAsync(3, cluster.Second, QuotaCluster.Bound);

        await quota.SetLimitAsync(Lowered);

        // 1. All that are there stay, and nobody else comes in, also where some leave.
        for (var open = 10; open > Lowered; open -= 3)
        {
            await Task.Delay(QuotaCluster.Renew, TimeProvider.System, TestContext.Current.CancellationToken);
            await NobodyMoreAsync(cluster);
            await first.EchoAsync("not closed");
            await second.EchoAsync("not closed");
            await StandsAtAsync(cluster, quota, Lowered, open);
            await first.CloseAsync(3);
        }

        // 2. At the limit itself, one comes for one that goes.
        await StandsAtAsync(cluster, quota, Lowered, open: Lowered);
        await NobodyMoreAsync(cluster);
        await second.CloseAsync(1);
        using var instead = await Crowd.OpenAsync(2, cluster.First, QuotaCluster.Bound);
        Assert.Equal((1, "QuotaExceeded"), (instead.Count, Assert.Single(instead.Refusals)));

        // 3. Raised, it holds at once.
        await quota.SetLimitAsync(Raised);
        using var more = await Crowd.OpenAsync(Raised - Lowered, cluster.Second, QuotaCluster.Bound);
        Assert.Equal(Raised - Lowered, more.Count);
        await NobodyMoreAsync(cluster);
        await StandsAtAsync(cluster, quota, Raised, open: Raised);
    }

    /// <summary>So that it is known which are the newest.</summary>
    private static async Task<Crowd> OneByOneAsync(int count, EndPoint gateway)
    {
        var crowd = await Crowd.OpenAsync(1, gateway, QuotaCluster.Bound);
        while (crowd.Count + crowd.Refusals.Count < count) await crowd.JoinAsync(gateway, QuotaCluster.Bound);
        Assert.Empty(crowd.Refusals);
        return crowd;
    }

    private static async Task NobodyMoreAsync(QuotaCluster cluster)
    {
        using var more = await Crowd.OpenAsync([cluster.First, cluster.Second, cluster.First, cluster.Second]);
        Assert.Equal(["QuotaExceeded", "QuotaExceeded", "QuotaExceeded", "QuotaExceeded"], more.Refusals);
    }

    /// <summary>The quota, its silo's metrics and the gateways' come to say the same.</summary>
    private static async Task StandsAtAsync(QuotaCluster cluster, QuotaOperator quota, int limit, int open)
    {
        await Deadline.UntilAsync(
            async () =>
            {
                var snapshot = await quota.LookAsync();
                var held = await Task.WhenAll(cluster.Gateways.Select(g => g.MetricAsync("echo_gateway_quota_held")));
                var opened = await Task.WhenAll(cluster.Gateways.Select(g => g.MetricAsync("echo_gateway_quota_open")));
                return snapshot.Limit == limit
                    && snapshot.InUse == open && snapshot.Leased == open && held.Sum() == open && opened.Sum() == open
                    && await cluster.Silo.MetricAsync("echo_quota_limit") == limit
                        && await cluster.Silo.MetricAsync("echo_quota_permits_leased") == open;
            },
            $"{open} of {limit} to be what everybody says",
            QuotaCluster.Bound);
        Assert.Equal(0, await cluster.Silo.MetricAsync("echo_quota_lease_expired_total")); // nothing came back in that way
    }
}
