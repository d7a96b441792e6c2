using OrleansEcho.Cluster.Tests.Loss;
using OrleansEcho.Cluster.Tests.Quota;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Upgrade;

/// <summary>A silo and a gateway, one as it was released last and the other as it is now: all that one ever says to the other.</summary>
public sealed class PairTests : ProcessTest
{
    [Fact]
    public Task SiloOfTheLastRelease_AndGatewayOfToday() => EchoesUnderALimitAsync(cluster => cluster.Silo.Executable = LastRelease.Silo);

    [Fact]
    public Task GatewayOfTheLastRelease_AndSiloOfToday() => EchoesUnderALimitAsync(cluster => cluster.Gateways[0].Executable = LastRelease.Gateway);

    private async Task EchoesUnderALimitAsync(Action<QuotaCluster> mix)
    {
        var cluster = new QuotaCluster(Own, TimeSpan.FromSeconds(3), [], [], gateways: 1);
        mix(cluster);
        await cluster.StartAsync();
        await QuotaCluster.AdmittedAsync(QuotaCluster.Limit, cluster.First);

        // 1. As many as may be, and every byte of theirs.
        await using var load = await VerifiedLoad.StartAsync(QuotaCluster.Limit, cluster.First);
        await load.AllAnswerAsync(Deadline.Generous);
        await Deadline.UntilAsync(async () => await cluster.Silo.MetricAsync("echo_quota_permits_in_use") is QuotaCluster.Limit, "the gateway to report its connections");

        // 2. Not one more.
        Assert.Equal("QuotaExceeded", (await Crowd.TryAsync(cluster.First)).Refusal);

        // 3. The end of the connections, and of the lease: all is given back, and not by its running out.
        await load.DisposeAsync();
        Assert.Empty(load.Faults);
        cluster.Gateways[0].Process.Send(Signal.Terminate);
        Assert.Equal(0, await cluster.Gateways[0].Process.WaitForExitAsync());
        await cluster.Silo.MetricIsAsync(0, "echo_quota_permits_leased");
        Assert.Equal(0, await cluster.Silo.MetricAsync("echo_quota_lease_expired_total"));
    }
}
