using System.Globalization;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Cluster.Tests.Quota.Chaos;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>
/// Whatever fails, the cluster never holds more connections than its limit, and soon after the last fault it holds as many. Three
/// environment variables make a run longer or repeat one: QUOTA_CHAOS_SECONDS, QUOTA_CHAOS_SEED, and QUOTA_CHAOS_STORE=postgresql.
/// </summary>
[Collection(Alone.Name)]
public sealed class QuotaChaosTests
{
    // So many that the limit is reached while a gateway or two are away.
    private const int Clients = 900;

    /// <summary>
    /// How long it may take to notice what has failed when nothing fails any more: a silo is declared dead after three missed probes of a
    /// second, in the fourth; a call that was under way to it is given up after Backend:CallTimeoutSeconds (5); and TCP tries again after
    /// a cut up to as long as it lasted (5.5 s at most), while the others happen.
    /// </summary>
    private static readonly TimeSpan FailureDetection = TimeSpan.FromSeconds(4 + 5);

    // Of connections that come, before the faults and while they last: where everybody is refused all the time, the limit is exact as well.
    // Clients want in hundreds of times, and among the faults there is always a gateway that holds permits or reaches who lends some.
    private const int LeastAdmitted = ChaosCluster.Limit / 10;

    [Fact]
    public Task LimitIsExact_WhileProcessesDieAndFreezeAndClocksJump() => RunAsync(lab: null);

    [Fact]
    public async Task LimitIsExact_WhileTheNetworkIsCut_Too()
    {
        Assert.SkipWhen(Setting("STORE", "redis") is not "redis", "PostgreSQL listens on this machine's own address only.");
        var (lab, fault) = await NetworkLab.CreateAsync([.. ChaosCluster.GatewayNames, .. ChaosCluster.SiloNames, ChaosCluster.Store]);
        Assert.SkipWhen(lab is null, $"Network faults were left out: {fault}.");
        await using (lab) await RunAsync(lab);
    }

    private static async Task RunAsync(NetworkLab? lab)
    {
        var seed = int.Parse(Setting("SEED", $"{Random.Shared.Next(1_000_000)}"), CultureInfo.InvariantCulture);
        var length = TimeSpan.FromSeconds(double.Parse(Setting("SECONDS", "16"), CultureInfo.InvariantCulture));
        var schedule = FaultSchedule.Make(seed, length, ChaosCluster.GatewayNames, ChaosCluster.SiloNames, ChaosCluster.Store,
            cuts: lab is not null, clocks: WallClock.Exists);
        var audit = new HoldAudit();
        await using var cluster = new ChaosCluster(lab);
        try
        {
            await RunAsync(cluster, audit, schedule, seed);
        }
        finally
        {
            Report(cluster, audit, schedule, seed);
        }

        Assert.Empty(audit.Wrong);
        Assert.True(audit.Worst().Held <= ChaosCluster.Limit, $"{audit.Worst().Held} connections were held at once (seed {seed}).");
        Assert.DoesNotContain(cluster.Runs.SelectMany(r => r.Output.Faults), line => !IsExpected(line));
    }

    /// <remarks>1. Start. 2. Clients and faults. 3. Recovery: three times exactly the limit.</remarks>
    private static async Task RunAsync(ChaosCluster cluster, HoldAudit audit, IReadOnlyList<ClusterFault> schedule, int seed)
    {
        var cancelled = TestContext.Current.CancellationToken;
        await cluster.StartAsync(usesPostgres: Setting("STORE", "redis") is "postgresql");
        foreach (var (_, address) in cluster.Listeners) await QuotaCluster.AdmittedAsync(1, address);
        cluster.Say("all is up");
        using (var end = CancellationTokenSource.CreateLinkedTokenSource(cancelled))
        {
            var churn = new Churn(audit, cluster.Listeners, seed).RunAsync(Clients, end.Token);
            try
            {
                await Deadline.UntilAsync(() => Task.FromResult(audit.Admissions.Values.Sum() >= LeastAdmitted), "the clients to be there");
                var before = audit.Admissions;
                await cluster.RunAsync(schedule, cancelled);
                var admitted = audit.Admissions.Select(a => (Gateway: a.Key, Count: a.Value - before.GetValueOrDefault(a.Key))).ToList();
                cluster.Say($"admitted during the faults: {string.Join(", ", admitted)}");
                Assert.True(
                    admitted.Sum(a => a.Count) >= LeastAdmitted && admitted.Count(a => a.Count > 0) == ChaosCluster.GatewayNames.Count,
                    $"Hardly anybody was admitted during the faults: {string.Join(", ", admitted)} (seed {seed}).");
            }
            finally
            {
                await end.CancelAsync();
                await churn;
            }
        }

        cluster.FaultsEnded = TimeProvider.System.GetTimestamp();
        cluster.Say("the last fault is over");
        await cluster.UpAsync();
        var up = TimeProvider.System.GetTimestamp();
        cluster.Say("all is up again");
        var rounds = new ExactRounds(cluster, audit);
        var random = new Random(seed);
        await rounds.RunAsync(i => i % 3, up, (ChaosCluster.Lease * 1.12) + FailureDetection, cancelled);
        // What the third had comes back.
        await rounds.RunAsync(i => i % 2, TimeProvider.System.GetTimestamp(), ChaosCluster.Renew, cancelled);
        await rounds.RunAsync(_ => random.Next(3), TimeProvider.System.GetTimestamp(), ChaosCluster.Renew, cancelled);
    }

    private static void Report(ChaosCluster cluster, HoldAudit audit, IReadOnlyList<ClusterFault> schedule, int seed)
    {
        var output = TestContext.Current.TestOutputHelper!;
        var (held, at, where) = audit.Worst(cluster.FaultsEnded);
        output.WriteLine(
            $"Seed {seed}{(WallClock.Exists ? "" : "; there is no C compiler, so no clock jumps")}. Most held at once: "
            + $"{audit.Worst().Held} of {ChaosCluster.Limit}; during the faults {held}, at {cluster.SecondsAt(at):0.00} s ({where}).");
        output.WriteLine($"{audit}");
        output.WriteLine($"The schedule:\n{string.Join('\n', schedule)}");
        output.WriteLine($"What happened:\n{string.Join('\n', cluster.Events)}");
        foreach (var wrong in audit.Wrong) output.WriteLine($"Wrong bytes: {wrong}");
        foreach (var run in cluster.Runs) output.WriteLine(run.Report());
    }

    // What Orleans calls a fault is one of a silo or of Redis that we have killed: a silo that starts waits for one that is dead, and the
    // list of silos cannot be read. Our own lines are never expected.
    private static bool IsExpected(string line) => line.Contains(" Orleans.Runtime.MembershipService.", StringComparison.Ordinal);

    private static string Setting(string name, string otherwise) =>
        Environment.GetEnvironmentVariable($"QUOTA_CHAOS_{name}") is { Length: > 0 } value ? value : otherwise;
}
