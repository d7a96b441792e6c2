using System.Net.Sockets;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>What becomes of connections when the lease behind them cannot be renewed.</summary>
public sealed class LeaseEndQuotaTests : ProcessTest
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LongLease = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task FrozenSilo_ClosesEveryConnectionUnderStrict_BeforeTheLeaseEnds()
    {
        var cluster = new QuotaCluster(Own, LongLease, [], [], gateways: 1, LongLease / 3); // half of a renewal is left to say why
        await cluster.StartAsync();
        using var five = await Crowd.OpenAsync(5, cluster.First, QuotaCluster.Bound);
        Assert.Equal(5, five.Count);
        await five.Peers[0].EchoLineAsync("before");
        var start = TimeProvider.System.GetTimestamp();
        await cluster.Silo.Process.FreezeAsync();
        foreach (var peer in five.Peers) Assert.Matches("^-ERR QuotaLost [^\n]+\n$", await peer.ReceiveAllAsync());
        var took = TimeProvider.System.GetElapsedTime(start);
        Assert.InRange(took, TimeSpan.Zero, LongLease); // counted from the freeze, and the lease began before it
        await cluster.Gateways[0].MetricIsAsync(0, "echo_gateway_quota_open");
        Assert.Equal(5, await cluster.Gateways[0].MetricAsync("echo_gateway_connections_closed_total", "echo_close_reason=\"QuotaLost\""));

        cluster.Silo.Process.Send(Signal.Continue);
        await QuotaCluster.AdmittedAsync(10, cluster.First);
    }

    [Fact]
    public async Task FrozenSilo_ClosesNothingUnderAvailable()
    {
        var cluster = new QuotaCluster(Own, Lease, [], ["--quota-policy", "available"], gateways: 1);
        await cluster.StartAsync();
        using var five = await Crowd.OpenAsync(5, cluster.First, QuotaCluster.Bound);
        Assert.Equal(5, five.Count);
        await cluster.Silo.Process.FreezeAsync();
        await cluster.Gateways[0].MetricIsAsync(0, "echo_gateway_quota_held");
        Assert.Equal(5, await cluster.Gateways[0].MetricAsync("echo_gateway_quota_open"));
        cluster.Silo.Process.Send(Signal.Continue);
        await five.EchoAsync("after");

        // They get permits again, and no more connections than that are admitted.
        await cluster.Gateways[0].MetricIsAsync(held => held >= 5, "echo_gateway_quota_held");
        using var more = await Crowd.OpenAsync(6, cluster.First, QuotaCluster.Bound);
        Assert.Equal((5, "QuotaExceeded"), (more.Count, Assert.Single(more.Refusals)));
    }

    [Fact]
    public async Task FrozenGateway_ServesNotOneEchoMore_OnAVoidPermit()
    {
        var cluster = new QuotaCluster(Own, Lease, [], []);
        await cluster.StartAsync();
        using var ten = await Crowd.OpenAsync(10, cluster.First, QuotaCluster.Bound);
        Assert.Equal(10, ten.Count);
        await cluster.Gateways[0].Process.FreezeAsync();
        foreach (var peer in ten.Peers) await peer.SendAsync("while you stood still\n");
        await QuotaCluster.AdmittedAsync(10, cluster.Second);
        using var others = await Crowd.OpenAsync(10, cluster.Second, QuotaCluster.Bound);
        Assert.Equal(10, others.Count);

        cluster.Gateways[0].Process.Send(Signal.Continue);
        foreach (var peer in ten.Peers)
        {
            var words = await EverythingAsync(peer);
            Assert.True(
                words.Length is 0 || words.StartsWith("-ERR QuotaLost ", StringComparison.Ordinal), $"Served on a void permit: {words}");
        }

        await others.EchoAsync("these are the ten");
        await cluster.Gateways[0].MetricIsAsync(0, "echo_gateway_quota_open");
        Assert.Equal(10, await cluster.Silo.MetricAsync("echo_quota_permits_leased"));
    }

    // A reset is as good as an end: what was sent while it was frozen may be unread when it closes.
    private static async Task<string> EverythingAsync(Peer peer)
    {
        try
        {
            return await peer.ReceiveAllAsync();
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
