using OrleansEcho.Cluster.Tests.Loss;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Cluster.Tests.Quota;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Upgrade;

/// <summary>
/// A cluster goes from the last release to today's, and back, as docs/operations.md says: silo by silo, under connections of a gateway of either
/// release, and a limit that they use up. What the quota knows goes with it, in the store.
/// </summary>
public sealed class RollingUpgradeTests : ProcessTest
{
    private const int ConnectionsEach = 10;
    private const int Limit = 2 * ConnectionsEach;

    // Longer than a silo takes to leave on a busy machine, so that no lease ends; as long as a new store makes everybody wait at first.
    private const int LeaseSeconds = 8;

    private readonly List<EchoProcess> _siloRuns = [];
    private IReadOnlyList<SiloNode> _silos = [];
    private IReadOnlyList<GatewayNode> _gateways = [];

    [Fact]
    public async Task SilosAreUpgraded_AndRolledBack_UnderLoad_AndNobodyNotices()
    {
        // 1. Two silos of the last release, a gateway of each, and as many connections as may be.
        await StartAsync(await OwnAsync(RedisServer.StartNewAsync()));
        await Task.WhenAll(_gateways.Select(g => QuotaCluster.AdmittedAsync(ConnectionsEach, g.Line)));
        var loads = await Task.WhenAll(_gateways.Select(g => VerifiedLoad.StartAsync(ConnectionsEach, g.Line)));
        try
        {
            await StaysAsItIsAsync(loads);
            var forgotten = Forgotten;

            // 2. There, and back: when the last silo of a release goes, another one reads what it has stored.
            foreach (var release in (EchoExecutable[])[EchoExecutable.Silo, LastRelease.Silo])
            {
                foreach (var silo in _silos)
                {
                    await ReplaceAsync(silo, release);
                    await StaysAsItIsAsync(loads);
                }
            }

            Assert.Equal(forgotten, Forgotten);
        }
        finally
        {
            foreach (var load in loads) await load.DisposeAsync();
        }

        // 3. Nothing was lost, doubled, reordered or closed.
        Assert.Empty(loads.SelectMany(l => l.Faults));
        TestContext.Current.TestOutputHelper?.WriteLine($"{loads.Sum(l => l.Messages)} messages, longest silence {loads.Max(l => l.Longest).TotalSeconds:0.000} s.");
    }

    // A quota says so on an empty store: at the start, and when it cannot read what the other release has written.
    private int Forgotten => _siloRuns.Sum(run => run.Output.Lines.Count(line => line.Contains("does not know what was lent before", StringComparison.Ordinal)));

    private async Task StartAsync(RedisServer redis)
    {
        string[] list = ["--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}"];
        string[] state = ["--Storage:Provider=redis", $"--Storage:ConnectionString={redis.ConnectionString}", "--quota", $"{Limit}", $"--Quota:LeaseSeconds={LeaseSeconds}", "--Quota:RenewSeconds=1"];
        _silos = [.. Enumerable.Range(0, 2).Select(_ => new SiloNode(NodePlace.Here, OwnSilo, [.. list, .. state]) { Executable = LastRelease.Silo })];
        _gateways = [.. ((EchoExecutable[])[EchoExecutable.Gateway, LastRelease.Gateway]).Select((release, i) => new GatewayNode(NodePlace.Here, Own, [], [$"--Gateway:Name=g{i}", .. list]) { Executable = release })];
        await Task.WhenAll([.. _silos.Select(s => s.StartAsync()), .. _gateways.Select(g => g.StartAsync())]);
        await LinkedAsync();
    }

    private async Task ReplaceAsync(SiloNode silo, EchoExecutable release)
    {
        silo.Process.Send(Signal.Terminate);
        Assert.Equal(0, await silo.Process.WaitForExitAsync());
        silo.Executable = release;
        await silo.StartAsync();
        await LinkedAsync();
    }

    private async Task LinkedAsync()
    {
        foreach (var gateway in _gateways) await gateway.MetricIsAsync(_silos.Count, "echo_gateway_backend_silos");
    }

    private async Task StaysAsItIsAsync(IReadOnlyList<VerifiedLoad> loads)
    {
        foreach (var load in loads) await load.AllAnswerAsync(Deadline.Generous);
        foreach (var gateway in _gateways) await Deadline.UntilAsync(() => IsFullAsync(gateway), "the gateway to hear that the cluster is full");
        await Deadline.UntilAsync(async () => (await Task.WhenAll(_silos.Select(s => s.MetricAsync("echo_quota_permits_leased")))).Sum() is Limit, "the quota to know who holds what");
    }

    // Not one more gets in, whatever the reason is at the moment.
    private static async Task<bool> IsFullAsync(GatewayNode gateway)
    {
        var (peer, refusal) = await Crowd.TryAsync(gateway.Line);
        peer?.Dispose();
        Assert.Null(peer);
        return refusal is "QuotaExceeded";
    }

    private EchoProcess OwnSilo(EchoProcess run)
    {
        _siloRuns.Add(run);
        return Own(run);
    }
}
