using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>
/// The quota's store is away: what was lent goes on for a lease, nothing new is lent, and all is as before when it is back.
/// </summary>
public sealed class StoreLossQuotaTests : ProcessTest
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task LostStore_AdmitsOutOfPermitsThatAreHeld_ThenRefuses_ThenClosesAtTheLeasesEnd()
    {
        var redis = Keep(await RedisServer.StartNewAsync());
        var cluster = NewCluster(redis);
        await cluster.StartAsync();
        using var four = await Crowd.OpenAsync(4, cluster.First, QuotaCluster.Bound);
        Assert.Equal(4, four.Count);
        await Deadline.UntilAsync(
            async () => await cluster.Gateways[0].MetricAsync("echo_gateway_quota_held") > 4, "the gateway to hold permits in reserve");
        var start = TimeProvider.System.GetTimestamp();
        await redis.KillAsync();

        // 1. Out of what it holds; then it says that it cannot ask.
        var held = (int)await cluster.Gateways[0].MetricAsync("echo_gateway_quota_held");
        using var more = await Crowd.OpenAsync(held - 4, cluster.First);
        Assert.Equal(held - 4, more.Count);
        await Deadline.UntilAsync(
            async () => (await Crowd.TryAsync(cluster.First)).Refusal is "QuotaUnavailable", "the next to be told QuotaUnavailable", Lease);
        await four.EchoAsync("within the lease");
        Assert.True(TimeProvider.System.GetElapsedTime(start) < Lease, "The test was too slow to see the lease.");

        // 2. The lease ends: a later activation may have lent them to others by then.
        foreach (var peer in (Peer[])[.. four.Peers, .. more.Peers])
        {
            Assert.Matches("^-ERR QuotaLost [^\n]+\n$", await peer.ReceiveAllAsync());
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), Lease / 2, Lease + QuotaCluster.Allowance);

        // 3. As before.
        await redis.StartAsync();
        await QuotaCluster.AdmittedAsync(10, cluster.First, QuotaCluster.Bound + StoreIsFound);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task LostStore_ClosesNothingUnderAvailable_AndOnlyTheReserveIsAdmitted(int reserve)
    {
        var redis = Keep(await RedisServer.StartNewAsync());
        var cluster = NewCluster(redis, "--quota-policy", "available", $"--Quota:Reserve={reserve}");
        await cluster.StartAsync();
        await QuotaCluster.AdmittedAsync(10, cluster.First); // until then it admits the reserve
        using var ten = await Crowd.OpenAsync(10, cluster.First, QuotaCluster.Bound);
        Assert.Equal(10, ten.Count);
        await redis.KillAsync();
        await cluster.Gateways[0].MetricIsAsync(0, "echo_gateway_quota_held");
        await ten.EchoAsync("without a lease");
        using var more = await Crowd.OpenAsync(reserve + 1, cluster.First);
        Assert.Equal((reserve, "QuotaUnavailable"), (more.Count, Assert.Single(more.Refusals)));

        // The reserve is over the limit: it is not admitted again until that many have left.
        await redis.StartAsync();
        await cluster.Gateways[0].MetricIsAsync(held => held is 10, "echo_gateway_quota_held", QuotaCluster.Bound + StoreIsFound);
        await ten.EchoAsync("with a lease");
        await more.EchoAsync("without one");
        await more.CloseAsync(reserve);
        using var eleventh = await Crowd.OpenAsync(1, cluster.First);
        Assert.Equal(["QuotaExceeded"], eleventh.Refusals);
        await ten.CloseAsync(1);
        using var tenth = await Crowd.OpenAsync(1, cluster.First, QuotaCluster.Bound);
        Assert.Equal(1, tenth.Count);
    }

    [Fact]
    public async Task ShortOutage_IsNotNoticed_ByConnectionsThatAreOpen()
    {
        var redis = Keep(await RedisServer.StartNewAsync());
        var cluster = NewCluster(redis);
        await cluster.StartAsync();
        using var ten = await Crowd.OpenAsync(10, cluster.First, QuotaCluster.Bound);
        Assert.Equal(10, ten.Count);
        await redis.KillAsync();
        await cluster.Silo.Process.Output.WaitForAsync("lends nothing new: its store (Storage:Provider) fails");
        await redis.StartAsync();
        await cluster.Silo.Process.Output.WaitForAsync("has its store back");
        await ten.EchoAsync("all ten");
        await ten.CloseAsync(10);
        await QuotaCluster.AdmittedAsync(10, cluster.First, QuotaCluster.Bound);
        Assert.Equal(0, await cluster.Gateways[0].MetricAsync("echo_gateway_connections_closed_total", "echo_close_reason=\"QuotaLost\""));
    }

    // The client of Redis tries again every two seconds.
    private static readonly TimeSpan StoreIsFound = TimeSpan.FromSeconds(15);

    private QuotaCluster NewCluster(RedisServer redis, params string[] gateway) =>
        new(Own, Lease, ["--Storage:Provider=redis", $"--Storage:ConnectionString={redis.ConnectionString}"], gateway,
            gateways: 1, Lease / 3);
}
