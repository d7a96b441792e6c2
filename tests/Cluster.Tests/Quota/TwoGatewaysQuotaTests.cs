using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>Two gateways share a limit of ten: never more together, and none refused while one is free anywhere.</summary>
public sealed class TwoGatewaysQuotaTests : ProcessTest
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task TenAreAdmitted_HoweverTheyAreSpread_AndIdlePermitsMoveWithinARenewal()
    {
        var cluster = NewCluster();
        await cluster.StartAsync();
        foreach (var atTheFirst in (int[])[10, 0, 5, 3, 9])
        {
            // 1. Ten, in this split; permits that the other gateway was lent before come back meanwhile.
            var start = TimeProvider.System.GetTimestamp();
            using var ten = await Crowd.OpenAsync([.. Enumerable.Repeat(cluster.First, atTheFirst),
                .. Enumerable.Repeat(cluster.Second, 10 - atTheFirst)], QuotaCluster.Bound);
            var took = TimeProvider.System.GetElapsedTime(start);
            Assert.Equal((10, 0), (ten.Count, ten.Refusals.Count));
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{atTheFirst} and {10 - atTheFirst} connections took {took.TotalSeconds:0.00} s.");
            Assert.True(took < QuotaCluster.Bound, $"{atTheFirst} and {10 - atTheFirst} connections took {took.TotalSeconds:0.00} s.");

            // 2. Not one more, anywhere.
            using var more = await Crowd.OpenAsync([cluster.First, cluster.First, cluster.Second, cluster.Second]);
            Assert.Equal(["QuotaExceeded", "QuotaExceeded", "QuotaExceeded", "QuotaExceeded"], more.Refusals);
            Assert.Equal(10, await cluster.Gateways[0].MetricAsync(
                "echo_gateway_quota_open") + await cluster.Gateways[1].MetricAsync("echo_gateway_quota_open"));
            Assert.Equal(10, await cluster.Silo.MetricAsync("echo_quota_permits_leased"));
            await ten.EchoAsync("all ten");
            await ten.CloseAsync(10);
        }
    }

    [Fact]
    public async Task TwentyAtOnce_AreTenAdmitted_AndTenRefused()
    {
        var cluster = NewCluster();
        await cluster.StartAsync();
        using var twenty =
            await Crowd.OpenAsync([.. Enumerable.Repeat(cluster.First, 10), .. Enumerable.Repeat(cluster.Second, 10)], QuotaCluster.Bound);
        Assert.Equal(10, twenty.Count);
        Assert.All(twenty.Refusals, r => Assert.Equal("QuotaExceeded", r));
        await twenty.EchoAsync("one of ten");
    }

    [Fact]
    public async Task KilledGateway_LeavesItsPermits_WhenItsLeaseHasEnded()
    {
        var cluster = NewCluster();
        await cluster.StartAsync();
        using var ten = await Crowd.OpenAsync(10, cluster.First, QuotaCluster.Bound);
        Assert.Equal(10, ten.Count);
        await cluster.Gateways[0].KillAsync();
        var took = await QuotaCluster.AdmittedAsync(10, cluster.Second);

        // It renewed at most one interval before it died.
        Assert.InRange(took, cluster.LeaseOnEveryClock - QuotaCluster.Renew - TimeSpan.FromSeconds(0.5),
            cluster.LeaseOnEveryClock + QuotaCluster.Bound);
        Assert.Equal(1, await cluster.Silo.MetricAsync("echo_quota_lease_expired_total"));
    }

    [Fact]
    public async Task StoppedGateway_GivesItsPermitsBack_AtOnce()
    {
        var cluster = NewCluster(TimeSpan.FromSeconds(8));
        await cluster.StartAsync();
        using var ten = await Crowd.OpenAsync(10, cluster.First, QuotaCluster.Bound);
        Assert.Equal(10, ten.Count);
        cluster.Gateways[0].Process.Send(Signal.Terminate);
        foreach (var peer in ten.Peers) Assert.Matches("^-ERR Draining ", await peer.ReceiveLineAsync());
        ten.Dispose();
        Assert.Equal(0, await cluster.Gateways[0].Process.WaitForExitAsync());

        var took = await QuotaCluster.AdmittedAsync(10, cluster.Second);
        Assert.True(took < QuotaCluster.Bound, $"The permits took {took.TotalSeconds:0.00} s to come back.");
        Assert.Equal(0, await cluster.Silo.MetricAsync("echo_quota_lease_expired_total"));
    }

    private QuotaCluster NewCluster(TimeSpan? lease = null) => new(Own, lease ?? Lease, [], []);
}
