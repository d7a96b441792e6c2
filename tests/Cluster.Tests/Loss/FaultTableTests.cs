using System.Globalization;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>
/// The table of docs/operations.md, row by row: whatever happens to silos, their store and the network between them, no connection closes,
/// no message is lost, doubled or reordered, and nobody waits for longer than it says. Each row shows as well, from outside, that its fault
/// was there: a process that has ended or stands still, links that are lost, connections that have moved, packets that a kernel has
/// dropped. <c>LOSS=long</c> lets faults last as long as it says.
/// </summary>
[Collection(Alone.Name)]
public sealed class FaultTableTests(LossCluster cluster, ITestOutputHelper output) : IClassFixture<LossCluster>
{
    // Long enough that it is noticed, and that those who notice have done everything that they do.
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(6);

    // Who is cut off is sent something at least as often: a probe a second between silos, and each packet again that was not acknowledged.
    private const int LeastDropped = 3;

    // Of so many packets at least one in a hundred is lost, give or take what chance does once in ten thousand runs.
    private const int LeastPackets = 1_000;
    private const double LeastLost = 0.002;
    private const double MostLost = 0.03;

    // From when a frozen silo has not answered, less how long ago it may have answered before it froze:
    // Backend:SilenceSeconds and HeartbeatSeconds.
    private static readonly TimeSpan LeastSilence = TimeSpan.FromSeconds(1 - 0.5);

    // Who waits for the next message, or for a core, when a fault begins begins to wait for an answer only then.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    // A service manager's pause, before which nothing that was killed comes back.
    private static readonly TimeSpan LeastRestart = TimeSpan.FromSeconds(0.3);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public Task EachSiloIsStopped_OneAfterAnother_AndStartedAgain() => NobodyNoticesAsync(Seconds(0.25), async _ =>
    {
        foreach (var silo in cluster.Silos)
        {
            var run = silo.Process;
            await ItsConnectionsMoveAsync(
                async () =>
                {
                    run.Send(Signal.Terminate);
                    Assert.Equal(0, await run.WaitForExitAsync());
                },
                silo);
            await cluster.ReadyAsync();
        }
    });

    [Fact]
    public Task ASiloIsKilled() => NobodyNoticesAsync(Seconds(2), async _ =>
    {
        await WhileAsync(
            () => ItsConnectionsMoveAsync(() => cluster.KillAsync(cluster.Silos[0]), cluster.Silos[0]),
            async () =>
            {
                await cluster.LinksAsync(2);
                await Wait(Brief);
            },
            () => cluster.Release(cluster.Silos[0]));
    });

    [Fact]
    public Task ASiloStandsStill() => NobodyNoticesAsync(Seconds(3), async loads =>
    {
        var (silo, run) = (cluster.Silos[1], cluster.Silos[1].Process);
        await WhileAsync(
            () => ItsConnectionsMoveAsync(run.FreezeAsync, silo),
            async () =>
            {
                await cluster.LinksAsync(2);
                await Wait(LossCluster.For(30));
            },
            () => run.Send(Signal.Continue));
        // It was declared dead; sooner than after 20 s it may have just joined.
        if (LossCluster.IsLong) Assert.Equal(4, await run.WaitForExitAsync(Deadline.Promised(5)));
        Assert.True(Longest(loads) >= LeastSilence, $"Nobody waited for more than {Longest(loads)}.");
    });

    [Fact]
    public Task TwoOfThreeSilosAreKilledAtOnce() => NobodyNoticesAsync(Seconds(5), async _ =>
    {
        await WhileAsync(
            () => ItsConnectionsMoveAsync(() => cluster.KillAsync(cluster.Silos[1], cluster.Silos[2]), cluster.Silos[1], cluster.Silos[2]),
            async () =>
            {
                await cluster.LinksAsync(1);
                await Wait(Brief);
            },
            () => cluster.Release(cluster.Silos[1], cluster.Silos[2]));
    });

    [Fact]
    public Task TheStoreIsAway() => NobodyNoticesAsync(Seconds(0.25), async _ =>
    {
        await WhileAsync(
            cluster.Redis.StopAsync,
            async () =>
            {
                await Wait(LossCluster.For(60));
                foreach (var silo in cluster.Silos) await silo.MetricIsAsync(0, "echo_membership_store_available");
            },
            cluster.Redis.StartAsync);
    });

    [Fact]
    public Task ASiloDoesNotHearAnother() => NobodyNoticesAsync(Seconds(3), async _ =>
    {
        var before = await DroppedAsync("s1");
        await WhileAsync(
            () => cluster.Lab.DeafenAsync("s1", "s2"),
            async () =>
            {
                await Wait(LossCluster.For(30));
                Assert.InRange(await DroppedAsync("s1") - before, LeastDropped, long.MaxValue);
            },
            () => cluster.Lab.HearAsync("s1", "s2"));
    });

    [Fact]
    public Task ASiloIsCutOffFromTheStore() => NobodyNoticesAsync(Seconds(3), async _ =>
    {
        var before = await DroppedAsync("s3", LossCluster.Store);
        await WhileAsync(
            () => Task.WhenAll(cluster.Lab.DeafenAsync("s3", LossCluster.Store), cluster.Lab.DeafenAsync(LossCluster.Store, "s3")),
            async () =>
            {
                await Wait(LossCluster.For(60));
                await cluster.Silos[2].MetricIsAsync(0, "echo_membership_store_available");
                foreach (var other in cluster.Silos.Take(2)) await other.MetricIsAsync(1, "echo_membership_store_available");
                Assert.InRange(await DroppedAsync("s3", LossCluster.Store) - before, LeastDropped, long.MaxValue);
            },
            () => Task.WhenAll(cluster.Lab.HearAsync("s3", LossCluster.Store), cluster.Lab.HearAsync(LossCluster.Store, "s3")));
    });

    [Fact]
    public async Task AGatewayIsCutOffFromAllSilos()
    {
        var lasted = TimeSpan.Zero;
        await NobodyNoticesAsync(() => lasted + Seconds(2), async loads =>
        {
            var before = await DroppedAsync("g1");
            var start = TimeProvider.System.GetTimestamp();
            await WhileAsync(
                () => Task.WhenAll(LossCluster.SiloNames.Select(silo => cluster.Lab.DeafenAsync("g1", silo))),
                async () =>
                {
                    var cut = TimeProvider.System.GetTimestamp();
                    await Wait(LossCluster.For(10));
                    await cluster.Gateways[0].MetricIsAsync(0, "echo_gateway_backend_silos");
                    await cluster.Gateways[1].MetricIsAsync(cluster.Silos.Count, "echo_gateway_backend_silos");
                    Assert.InRange(await DroppedAsync("g1") - before, LeastDropped, long.MaxValue);
                    var least = TimeProvider.System.GetElapsedTime(cut) - Pause;
                    Assert.True(loads[0].Longest >= least, $"Nobody waited for {least}, but for {loads[0].Longest} at most.");
                },
                () => Task.WhenAll(LossCluster.SiloNames.Select(silo => cluster.Lab.HearAsync("g1", silo))));
            lasted = TimeProvider.System.GetElapsedTime(start);
        });
    }

    [Fact]
    public async Task AllSilosAreKilled_AndStartedAgain()
    {
        var back = TimeSpan.Zero;
        await NobodyNoticesAsync(() => back + Seconds(3), async loads =>
        {
            var start = TimeProvider.System.GetTimestamp();
            await cluster.KillAsync(cluster.Silos);
            cluster.Release(cluster.Silos);
            foreach (var silo in cluster.Silos) await Deadline.UntilAsync(silo.IsReadyAsync, "the silos to be back", Seconds(60));
            back = TimeProvider.System.GetElapsedTime(start);
            Assert.True(Longest(loads) >= LeastRestart, $"Nobody waited for more than {Longest(loads)}.");
        });
    }

    [Fact]
    public async Task AGatewayIsKilled()
    {
        var control = await cluster.ControlAsync();
        var loads = await cluster.LoadAsync();
        await UnderAsync([.. loads, control], async () =>
        {
            foreach (var load in (VerifiedLoad[])[loads[1], control]) await load.AllAnswerAsync(Deadline.Generous);
            foreach (var load in (VerifiedLoad[])[loads[1], control]) load.Forget();
            await cluster.KillAsync(cluster.Gateways[0]);
            await Wait(Brief);
            cluster.Release(cluster.Gateways[0]);
            await loads[1].AllAnswerAsync(Deadline.Generous);
            await cluster.ReadyAsync();
        });
        AssertNobodyNoticed(Seconds(0.25), control, loads[1]);
        Assert.Equal(LossCluster.ConnectionsEach, loads[0].Faults.Count); // its own connections end with it, all of them
    }

    [Fact]
    public async Task TheNetworkLosesPackets_AndTakesItsTime()
    {
        // A gateway far away from the silos: 20 ms each way, 10 more or less, and every hundredth packet has to be sent again.
        var least = Seconds(0.01);
        var silos = cluster.Silos.Select(s => s.Gateways).ToList();
        var lines = silos.ConvertAll(s => new DelayProxy(cluster.Lab.Outside, s, least, Seconds(0.03)));
        foreach (var (silo, line) in silos.Zip(lines)) await cluster.Lab.DivertAsync(LossCluster.Far, silo, line.Address);
        var gateway = await cluster.StartFarGatewayAsync();
        try
        {
            await gateway.MetricIsAsync(cluster.Silos.Count, "echo_gateway_backend_silos");
            foreach (var silo in LossCluster.SiloNames) await cluster.Lab.LoseNothingAsync(silo); // counts from here on
            foreach (var silo in LossCluster.SiloNames) await cluster.Lab.LoseAsync(silo);
            var control = await cluster.ControlAsync();
            var load = await VerifiedLoad.StartAsync(LossCluster.ConnectionsEach, gateway.Line);
            await UnderAsync([load, control], async () =>
            {
                await load.AllAnswerAsync(Deadline.Generous);
                load.Forget();
                control.Forget();
                await Wait(LossCluster.For(30));
                await load.AllAnswerAsync(Deadline.Generous);
                Assert.True(load.Shortest >= 2 * least, $"An echo took {load.Shortest}, though the way there and back takes {2 * least}.");
                var (came, dropped) = (0L, 0L);
                await Deadline.UntilAsync(
                    async () =>
                    {
                        var packets = await Task.WhenAll(LossCluster.SiloNames.Select(cluster.Lab.PacketsAsync));
                        (came, dropped) = (packets.Sum(p => p.Came), packets.Sum(p => p.Dropped));
                        return came >= LeastPackets;
                    },
                    "packets to come to the silos");
                output.WriteLine($"{dropped} of {came} packets were lost.");
                Assert.InRange((double)dropped / came, LeastLost, MostLost);
            });
            AssertNobodyNoticed(Seconds(2), control, load);
        }
        catch
        {
            cluster.Report();
            throw;
        }
        finally
        {
            foreach (var silo in LossCluster.SiloNames) await cluster.Lab.LoseNothingAsync(silo);
            await gateway.KillAsync();
            foreach (var line in lines) await line.DisposeAsync();
        }
    }

    private Task NobodyNoticesAsync(TimeSpan limit, Func<VerifiedLoad[], Task> fault) => NobodyNoticesAsync(() => limit, fault);

    /// <remarks>
    /// 1. A load on each gateway, and one beside. 2. The fault, from its beginning to its end. 3. Everybody is answered, and everything is
    /// well again. 4. What the load has seen, from the fault's beginning to its own end.
    /// </remarks>
    private async Task NobodyNoticesAsync(Func<TimeSpan> limit, Func<VerifiedLoad[], Task> fault)
    {
        try
        {
            var control = await cluster.ControlAsync();
            var loads = await cluster.LoadAsync();
            VerifiedLoad[] all = [.. loads, control];
            await UnderAsync(all, async () =>
            {
                foreach (var load in all) await load.AllAnswerAsync(Deadline.Generous);
                foreach (var load in all) load.Forget();
                await fault(loads);
                foreach (var load in loads) await load.AllAnswerAsync(Deadline.Generous);
                await cluster.ReadyAsync();
            });
            AssertNobodyNoticed(limit(), control, loads);
        }
        catch
        {
            cluster.Report();
            throw;
        }
    }

    /// <summary>
    /// Those who are on some silos go to others: there are some, and then none. How many there are a moment before does not say how many go: a
    /// silo that has just come back takes some over.
    /// </summary>
    private async Task ItsConnectionsMoveAsync(Func<Task> fault, params SiloNode[] silos)
    {
        var moves = await cluster.MovesAsync(); // first: who goes before it is looked for has gone as well
        Assert.InRange(await cluster.ConnectionsAsync(silos), 1, 2 * LossCluster.ConnectionsEach);
        var gone = Deadline.UntilAsync( // looked for from the beginning: a silo that starts again is not empty for long
            async () => await cluster.ConnectionsAsync(silos) is 0 && await cluster.MovesAsync() > moves,
            $"all connections to go from {string.Join(" and ", silos.Select(silo => silo.Gateways))} to other silos");
        await Task.WhenAll(fault(), gone);
    }

    /// <summary>Does something while a fault lasts, which ends before the next row begins even when this one fails.</summary>
    private static async Task WhileAsync(Func<Task> faultBegins, Func<Task> deed, Func<Task> faultEnds)
    {
        try
        {
            await faultBegins();
            await deed();
        }
        finally
        {
            await faultEnds();
        }
    }

    private static Task WhileAsync(Func<Task> faultBegins, Func<Task> deed, Action faultEnds) => WhileAsync(faultBegins, deed, () =>
    {
        faultEnds();
        return Task.CompletedTask;
    });

    private async Task<long> DroppedAsync(params string[] hosts) =>
        (await Task.WhenAll(hosts.Select(cluster.Lab.PacketsAsync))).Sum(packets => packets.Dropped);

    private static TimeSpan Longest(IEnumerable<VerifiedLoad> loads) => loads.Max(load => load.Longest);

    /// <summary>Does something under loads, which end before the next row begins even when it fails.</summary>
    private static async Task UnderAsync(VerifiedLoad[] loads, Func<Task> deed)
    {
        try
        {
            await deed();
        }
        finally
        {
            foreach (var load in loads) await load.DisposeAsync();
        }
    }

    /// <summary>
    /// Nobody has waited for longer than it says, and than the machine let others wait: a message passes two processes with a
    /// fault's way where it passes one beside, so twice as long.
    /// </summary>
    private void AssertNobodyNoticed(TimeSpan limit, VerifiedLoad control, params VerifiedLoad[] loads)
    {
        var (longest, allowance, faults) = (Longest(loads), 2 * control.Longest, loads.SelectMany(l => l.Faults).ToList());
        foreach (var news in cluster.News()) output.WriteLine(news);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{TestContext.Current.TestMethod!.MethodName}: {loads.Sum(l => l.Messages)} messages, {faults.Count} faults, longest wait "
            + $"{longest.TotalSeconds:0.000} s (limit {limit.TotalSeconds:0.00}, beside {control.Longest.TotalSeconds:0.000})"));
        Assert.Empty(faults);
        Assert.Empty(control.Faults);
        Assert.True(longest <= limit + allowance,
            $"Somebody waited for {longest.TotalSeconds:0.00} s; {limit.TotalSeconds:0.00} s is the limit, and a load beside waited for "
            + $"{control.Longest.TotalSeconds:0.00} s at most.");
    }

    private static Task Wait(TimeSpan time) => Task.Delay(time, TimeProvider.System, TestContext.Current.CancellationToken);
}
