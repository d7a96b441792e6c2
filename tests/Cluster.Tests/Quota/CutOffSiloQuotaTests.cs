using System.Globalization;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>
/// The silo that the quota is on can reach everybody but the store, which the list of silos is in, too. Another silo reaches it: the quota goes there before a
/// lease ends.
/// </summary>
[Collection(Alone.Name)]
public sealed class CutOffSiloQuotaTests : ProcessTest
{
    private const string Store = "store";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(9);

    [Fact]
    public async Task QuotaLeavesASiloThatIsCutOffFromTheStore_AndNoConnectionIsClosed()
    {
        var (lab, fault) = await NetworkLab.CreateAsync(["s1", "s2", "g1", Store]);
        Assert.SkipWhen(lab is null, $"There is no network of our own: {fault}.");
        await using (lab)
        {
            // 1. Two silos, a gateway, and connections under a limit.
            var redis = Keep(await RedisServer.StartNewAsync($"{lab.AddressOf(Store)}", lab.Through(Store)));
            string[] stores = ["--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}", "--Storage:Provider=redis", $"--Storage:ConnectionString={redis.ConnectionString}"];
            string[] quota = ["--quota", "10", string.Create(CultureInfo.InvariantCulture, $"--Quota:LeaseSeconds={Lease.TotalSeconds}"), "--Quota:RenewSeconds=1"];
            var silos = new[] { "s1", "s2" }.ToDictionary(s => s, s => new SiloNode(lab.PlaceOf(s), Own, [.. stores, .. quota]));
            var gateway = new GatewayNode(lab.PlaceOf("g1"), Own, silos.Values);
            await Task.WhenAll([.. silos.Values.Select(s => s.StartAsync()), gateway.StartAsync()]);
            await QuotaCluster.AdmittedAsync(10, gateway.Line);
            using var nine = await Crowd.OpenAsync(9, gateway.Line, QuotaCluster.Bound);
            Assert.Equal(9, nine.Count);

            // 2. The one that the quota is on loses the store, for two leases.
            var home = await HomeAsync(silos);
            await Task.WhenAll(lab.DeafenAsync(home, Store), lab.DeafenAsync(Store, home));
            var start = TimeProvider.System.GetTimestamp();
            await silos[home].Process.Output.WaitForAsync("perhaps it can reach its store from there");
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Lease, "It has left too late: leases have ended.");
            await Task.Delay((Lease * 2) - TimeProvider.System.GetElapsedTime(start), TimeProvider.System, TestContext.Current.CancellationToken);

            // 3. Nobody has noticed, and the limit holds as before.
            await nine.EchoAsync("still here");
            Assert.Equal(0, await gateway.MetricAsync("echo_gateway_connections_closed_total", "echo_close_reason=\"QuotaLost\""));
            using var two = await Crowd.OpenAsync(2, gateway.Line);
            Assert.Equal(["QuotaExceeded"], two.Refusals);
            Assert.Equal((1, 10), (two.Count, await silos.Single(s => s.Key != home).Value.MetricAsync("echo_quota_permits_in_use")));
            Assert.DoesNotContain(silos[home].Process.Output.Lines, line => line.Contains("   at ", StringComparison.Ordinal)); // no stack trace for what is no fault of ours
        }
    }

    private static async Task<string> HomeAsync(Dictionary<string, SiloNode> silos)
    {
        foreach (var (name, silo) in silos)
        {
            if (await silo.MetricAsync("echo_quota_permits_leased") > 0) return name;
        }

        throw new InvalidOperationException("No silo says that it has lent anything.");
    }
}
