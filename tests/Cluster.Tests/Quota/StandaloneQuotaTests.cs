using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>One process with a limit tells who is over it, in the words of each framing.</summary>
public sealed class StandaloneQuotaTests : ProcessTest
{
    [Fact]
    public async Task SixthConnection_IsToldQuotaExceeded_InEachFraming_UntilOneOfFiveCloses()
    {
        var service = await StartServiceAsync(Topology.Standalone, "--quota", "5");
        await QuotaCluster.AdmittedAsync(5, service.Line); // its first answer may take seconds on a busy machine
        using var five = await Crowd.OpenAsync(5, service.Line);
        Assert.Equal(5, five.Count);
        using (var line = await Peer.ConnectAsync(service.Line))
        {
            Assert.Matches("^-ERR QuotaExceeded [^\n]+\n$", await line.ReceiveAllAsync());
        }

        using (var framed = await Peer.ConnectAsync(service.LengthPrefixed))
        {
            Assert.StartsWith("QuotaExceeded ", await framed.ReceiveRefusalAsync(), StringComparison.Ordinal);
        }

        using (var raw = await Peer.ConnectAsync(service.Raw)) Assert.Empty(await raw.ReceiveAllAsync());
        Assert.True(await service.MetricAsync("echo_gateway_connections_rejected_total", "echo_reject_reason=\"QuotaExceeded\"") >= 3);
        await service.Front.Output.WaitForAsync("QuotaExceeded");

        await five.CloseAsync(1);
        using var next = await Crowd.OpenAsync(2, service.Line, QuotaCluster.Bound);
        Assert.Equal((1, "QuotaExceeded"), (next.Count, Assert.Single(next.Refusals)));
        await five.EchoAsync("still here");
        Assert.Equal(5, await service.MetricAsync("echo_gateway_quota_open"));
        Assert.Equal(5, await service.MetricAsync("echo_quota_limit"));
        Assert.Equal(5, await service.MetricAsync("echo_quota_permits_leased"));
    }
}
