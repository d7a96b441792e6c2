using System.Diagnostics;
using System.Globalization;
using OrleansEcho.Cluster.Tests.Nodes;

namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>The audit sees what it is there for, and a schedule can be repeated.</summary>
public sealed class ChaosToolsTests
{
    [Fact]
    public void Audit_FindsTheInstantAtWhichMostWereHeld()
    {
        var audit = new HoldAudit();
        audit.Held("g1", 10, 20);
        audit.Held("g1", 20, 30); // one goes as the other comes
        audit.Held("g2", 15, 18);
        audit.Held("g2", 17, 25);
        audit.Held("g2", 17, 17); // a single echo proves no time
        Assert.Equal((3, 17, "g1 1, g2 2"), audit.Worst());
        Assert.Equal((2, 15, "g1 1, g2 1"), audit.Worst(before: 17));
    }

    [Fact]
    public async Task WallClock_Jumps_WhileTheProgramRuns_AndItsMonotonicClockDoesNot()
    {
        Assert.SkipUnless(WallClock.Exists, "There is no C compiler.");
        using var clock = new WallClock();
        var info = new ProcessStartInfo("bash", ["-c", "while read -r; do echo \"$EPOCHSECONDS $(cut -d. -f1 /proc/uptime)\"; done"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in clock.Environment) info.Environment[name] = value;
        using var program = Process.Start(info)!;
        var before = await AskAsync();
        clock.Jump(-900);
        var after = await AskAsync();
        program.StandardInput.Close();
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.InRange(after.Wall - before.Wall, -900, -890);
        Assert.InRange(after.Uptime - before.Uptime, 0, 10);

        async Task<(long Wall, long Uptime)> AskAsync()
        {
            await program.StandardInput.WriteLineAsync();
            var line = (await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(' ');
            return (long.Parse(line[0], CultureInfo.InvariantCulture), long.Parse(line[1], CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Schedule_IsTheSameForTheSameSeed_AndHitsEachSiloAGatewayAndTheStore()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var faults = Make(seed);
            Assert.Equal(faults, Make(seed));
            Assert.NotEqual(faults, Make(seed + 1));
            foreach (var silo in ChaosCluster.SiloNames)
            {
                Assert.Contains(faults, f => f.Kind is ClusterFaultKind.Kill && f.Target == silo);
                Assert.Contains(faults, f => f.Kind is ClusterFaultKind.Freeze && f.Target == silo);
            }

            Assert.Contains(faults, f => f.Kind is ClusterFaultKind.Kill && ChaosCluster.GatewayNames.Contains(f.Target));
            Assert.Contains(faults, f => f.Kind is ClusterFaultKind.Freeze && ChaosCluster.GatewayNames.Contains(f.Target));
            Assert.Contains(faults, f => f.Kind is ClusterFaultKind.Kill or ClusterFaultKind.Freeze && f.Target == ChaosCluster.Store);
        }
    }

    private static IReadOnlyList<ClusterFault> Make(int seed) =>
        FaultSchedule.Make(seed, TimeSpan.FromSeconds(16), ChaosCluster.GatewayNames, ChaosCluster.SiloNames, ChaosCluster.Store,
            cuts: true, clocks: true);
}
