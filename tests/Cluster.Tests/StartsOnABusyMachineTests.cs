using System.Diagnostics;
using System.Globalization;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>Silos that start while the machine has something else to do: the tests beside this one would have none of it.</summary>
[Collection(Alone.Name)]
public sealed class StartsOnABusyMachineTests : ProcessTest
{
    // Four and a half seconds of probes, and five until it reads the list.
    private static readonly TimeSpan HearsOfItsDeath = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan OnABusyMachine = TimeSpan.FromSeconds(90);

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("STARTS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 1;

    /// <summary>Starts three silos at once on a machine that has something else to do. <c>STARTS=20</c> does so twenty times (as many minutes).</summary>
    [Fact]
    public async Task SilosThatStartAtOnceOnABusyMachine_AllStay()
    {
        var redis = await OwnAsync(RedisServer.StartNewAsync());
        using var busy = new BusyMachine();
        for (var round = 0; round < Rounds; round++)
        {
            var silos = Enumerable.Range(0, 3).Select(_ => NewSilo(redis, round)).ToList();
            foreach (var silo in silos) silo.Launch();
            foreach (var silo in silos) await silo.Process.Output.WaitForAsync("Health and metrics: ", OnABusyMachine);
            await Task.Delay(HearsOfItsDeath, TimeProvider.System, Cancelled);
            foreach (var silo in silos) Assert.True(await silo.IsReadyAsync(), $"{silo.Process.Name} is not ready in round {round}.");
            foreach (var silo in silos) await silo.KillAsync();
        }
    }

    private SiloNode NewSilo(RedisServer redis, int round) =>
        new(NodePlace.Here, Own, ["--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}", $"--Cluster:ClusterId=round{round}"]);

    /// <summary>Two loops a core that do nothing.</summary>
    private sealed class BusyMachine : IDisposable
    {
        private readonly List<Process> _loops = [.. Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"]))];

        public void Dispose()
        {
            foreach (var loop in _loops)
            {
                loop.Kill();
                loop.WaitForExit();
                loop.Dispose();
            }
        }
    }
}
