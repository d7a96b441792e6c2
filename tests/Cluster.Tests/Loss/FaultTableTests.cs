using System.Globalization;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Loss;

/// <summary>
/// The table of docs/operations.md, row by row: whatever happens to silos, their store and the network between them, no connection closes, no
/// message is lost, doubled or reordered, and nobody waits for longer than it says. <c>LOSS=long</c> lets faults last as long as it says.
/// </summary>
[Collection(Alone.Name)]
public sealed class FaultTableTests(LossCluster cluster, ITestOutputHelper output) : IClassFixture<LossCluster>
{
    // On a machine whose few cores have to start three silos beside the load, everybody waits for a core now and then.
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(0.75);

    // Long enough that it is noticed, and that those who notice have done everything that they do.
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(6);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public Task EachSiloIsStopped_OneAfterAnother_AndStartedAgain() => NobodyNoticesAsync(Seconds(0.25), async () =>
    {
        foreach (var silo in cluster.Silos)
        {
            var run = silo.Process;
            run.Send(Signal.Terminate);
            Assert.Equal(0, await run.WaitForExitAsync());
            await cluster.ReadyAsync();
        }
    });

    [Fact]
    public Task ASiloIsKilled() => NobodyNoticesAsync(Seconds(2), async () =>
    {
        cluster.Kill(cluster.Silos[0]);
        await Wait(Brief);
        cluster.Release(cluster.Silos[0]);
    });

    [Fact]
    public Task ASiloStandsStill() => NobodyNoticesAsync(Seconds(3), async () =>
    {
        var silo = cluster.Silos[1];
        await silo.Process.FreezeAsync();
        await Wait(LossCluster.For(30));
        silo.Process.Send(Signal.Continue);
    });

    [Fact]
    public Task TwoOfThreeSilosAreKilledAtOnce() => NobodyNoticesAsync(Seconds(5), async () =>
    {
        cluster.Kill(cluster.Silos[1], cluster.Silos[2]);
        await Wait(Brief);
        cluster.Release(cluster.Silos[1], cluster.Silos[2]);
    });

    [Fact]
    public Task TheStoreIsAway() => NobodyNoticesAsync(Seconds(0.25), async () =>
    {
        await cluster.Redis.StopAsync();
        await Wait(LossCluster.For(60));
        await cluster.Redis.StartAsync();
    });

    [Fact]
    public Task ASiloDoesNotHearAnother() => NobodyNoticesAsync(Seconds(3), async () =>
    {
        await cluster.Lab.DeafenAsync("s1", "s2");
        await Wait(LossCluster.For(30));
        await cluster.Lab.HearAsync("s1", "s2");
    });

    [Fact]
    public Task ASiloIsCutOffFromTheStore() => NobodyNoticesAsync(Seconds(3), async () =>
    {
        await Task.WhenAll(cluster.Lab.DeafenAsync("s3", LossCluster.Store), cluster.Lab.DeafenAsync(LossCluster.Store, "s3"));
        await Wait(LossCluster.For(60));
        await Task.WhenAll(cluster.Lab.HearAsync("s3", LossCluster.Store), cluster.Lab.HearAsync(LossCluster.Store, "s3"));
    });

    [Fact]
    public async Task AGatewayIsCutOffFromAllSilos()
    {
        var lasts = LossCluster.For(10);
        await NobodyNoticesAsync(lasts + Seconds(2), async () =>
        {
            foreach (var silo in LossCluster.SiloNames) await cluster.Lab.DeafenAsync("g1", silo);
            await Wait(lasts);
            foreach (var silo in LossCluster.SiloNames) await cluster.Lab.HearAsync("g1", silo);
        });
    }

    [Fact]
    public async Task AllSilosAreKilled_AndStartedAgain()
    {
        var start = TimeProvider.System.GetTimestamp();
        var back = TimeSpan.Zero;
        await NobodyNoticesAsync(() => back + Seconds(3), async () =>
        {
            start = TimeProvider.System.GetTimestamp();
            var runs = cluster.Silos.Select(s => s.Process).ToList();
            cluster.Kill(cluster.Silos);
            foreach (var run in runs) await run.WaitForExitAsync();
            cluster.Release(cluster.Silos);
            foreach (var silo in cluster.Silos) await Deadline.UntilAsync(silo.IsReadyAsync, "the silos to be back", Seconds(60));
            back = TimeProvider.System.GetElapsedTime(start);
        });
    }

    [Fact]
    public async Task AGatewayIsKilled()
    {
        var loads = await cluster.LoadAsync();
        await UnderAsync(loads, async () =>
        {
            await loads[1].AllAnswerAsync(Seconds(30));
            loads[1].Forget();
            cluster.Kill(cluster.Gateways[0]);
            await Wait(Brief);
            cluster.Release(cluster.Gateways[0]);
            await loads[1].AllAnswerAsync(Seconds(30));
            await cluster.ReadyAsync();
        });
        AssertNobodyNoticed(Seconds(0.25), loads[1..]);
        Assert.NotEmpty(loads[0].Faults);
    }

    [Fact]
    public async Task TheNetworkLosesPackets_AndTakesItsTime()
    {
        // A gateway far away from the silos: 20 ms each way, 10 more or less, and every hundredth packet has to be sent again.
        var silos = cluster.Silos.Select(s => s.Gateways).ToList();
        var lines = silos.ConvertAll(s => new DelayProxy(cluster.Lab.Outside, s, Seconds(0.01), Seconds(0.03)));
        foreach (var (silo, line) in silos.Zip(lines)) await cluster.Lab.DivertAsync(LossCluster.Far, silo, line.Address);
        var gateway = await cluster.StartFarGatewayAsync();
        try
        {
            await gateway.MetricIsAsync(cluster.Silos.Count, "echo_gateway_backend_silos");
            foreach (var silo in LossCluster.SiloNames) await cluster.Lab.LoseAsync(silo);
            var load = await VerifiedLoad.StartAsync(20, gateway.Line);
            await UnderAsync([load], async () =>
            {
                await load.AllAnswerAsync(Seconds(30));
                await Wait(LossCluster.For(30));
                await load.AllAnswerAsync(Seconds(30));
                foreach (var silo in LossCluster.SiloNames) await cluster.Lab.LoseNothingAsync(silo);
            });
            AssertNobodyNoticed(null, load);
        }
        catch
        {
            cluster.Report();
            throw;
        }
        finally
        {
            await gateway.KillAsync();
            foreach (var line in lines) await line.DisposeAsync();
        }
    }

    private Task NobodyNoticesAsync(TimeSpan limit, Func<Task> fault) => NobodyNoticesAsync(() => limit, fault);

    /// <remarks>
    /// 1. A load. 2. The fault, from its beginning to its end. 3. Everybody is answered, and everything is well again. 4. What the load has seen,
    /// from the fault's beginning to its own end.
    /// </remarks>
    private async Task NobodyNoticesAsync(Func<TimeSpan> limit, Func<Task> fault)
    {
        try
        {
            var loads = await cluster.LoadAsync();
            await UnderAsync(loads, async () =>
            {
                foreach (var load in loads) await load.AllAnswerAsync(Seconds(30));
                foreach (var load in loads) load.Forget();
                await fault();
                foreach (var load in loads) await load.AllAnswerAsync(Seconds(30));
                await cluster.ReadyAsync();
            });
            AssertNobodyNoticed(limit(), loads);
        }
        catch
        {
            cluster.Report();
            throw;
        }
    }

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

    private void AssertNobodyNoticed(TimeSpan? limit, params VerifiedLoad[] loads)
    {
        var (longest, faults) = (loads.Max(l => l.Longest), loads.SelectMany(l => l.Faults).ToList());
        foreach (var news in cluster.News()) output.WriteLine(news);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{TestContext.Current.TestMethod!.MethodName}: {loads.Sum(l => l.Messages)} messages, {faults.Count} faults, longest wait {longest.TotalSeconds:0.000} s ({(limit is null ? "no limit" : $"limit {limit.Value.TotalSeconds:0.00}")})"));
        Assert.Empty(faults);
        if (limit is not null) Assert.True(longest <= limit + Allowance, $"Somebody waited for {longest.TotalSeconds:0.00} s; {limit.Value.TotalSeconds:0.00} s is the limit.");
    }

    private static Task Wait(TimeSpan time) => Task.Delay(time, TimeProvider.System, TestContext.Current.CancellationToken);
}
