using System.Globalization;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>A silo that comes back knows what was lent where it has a store, and lends nothing until it knows where it has none.</summary>
public sealed class RestartQuotaTests : ProcessTest
{
    private const string Forgotten = "does not know what was lent before";

    // Longer than a silo takes to come back, so that it is the store that knows and not a new lease. On a busy machine one
    // start takes twice as long as another.
    private const int StartsInALease = 3;
    private static readonly TimeSpan LeastLease = TimeSpan.FromSeconds(20);

    // Between the quota's waiting and its saying so.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("file")]
    [InlineData("redis")]
    [InlineData("postgresql")]
    public async Task RestartedSilo_RemembersWhatWasLent_EvenToAGatewayThatIsGone(string provider)
    {
        var cluster = await StartAsync(provider);
        using var six = await Crowd.OpenAsync(6, cluster.First, QuotaCluster.Bound);
        using var four = await Crowd.OpenAsync(4, cluster.Second, QuotaCluster.Bound);
        Assert.Equal((6, 4), (six.Count, four.Count));

        // 1. Both end at once: nobody is left to say what the second gateway had.
        await Task.WhenAll(cluster.Silo.KillAsync(), cluster.Gateways[1].KillAsync());
        await cluster.Silo.StartAsync();
        await six.EchoAsync("over the restart");

        // 2. Its four are lent still.
        await Deadline.UntilAsync(
            async () => (await Crowd.TryAsync(cluster.First)).Refusal is "QuotaExceeded", "the gateway to hear that the cluster is full");
        Assert.Equal(10, await cluster.Silo.MetricAsync("echo_quota_permits_leased"));

        // 3. And free when its lease has ended.
        await QuotaCluster.AdmittedAsync(4, cluster.First, cluster.LeaseOnEveryClock + Deadline.Generous);
        using var ten = await Crowd.OpenAsync(5, cluster.First, QuotaCluster.Bound);
        Assert.Equal((4, "QuotaExceeded"), (ten.Count, Assert.Single(ten.Refusals)));
        await six.EchoAsync("to the end");
        Assert.DoesNotContain(cluster.Silo.Process.Output.Lines, l => l.Contains(Forgotten, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RestartedSiloWithoutAStore_LendsNothingNew_UntilItKnowsWhatWasLent()
    {
        var cluster = await StartAsync("memory");
        using var ten = await Crowd.OpenAsync(10, cluster.First, QuotaCluster.Bound); // all: the second gateway holds none
        Assert.Equal(10, ten.Count);
        await cluster.Silo.KillAsync();
        await cluster.Silo.StartAsync();
        var began = TimeOf(await cluster.Silo.Process.Output.WaitForAsync(Forgotten));
        await ten.EchoAsync("over the restart");
        await ten.CloseAsync(4);

        // Four are idle at the first gateway; the silo believes it what it holds, and lends them to nobody else before it knows of all.
        var asked = TimeProvider.System.GetUtcNow();
        using var more = await Crowd.OpenAsync(4, cluster.Second, cluster.LeaseOnEveryClock + Deadline.Generous);
        Assert.Equal(4, more.Count);
        var admitted = asked + more.FirstAdmittedAfter;
        var ended = TimeOf(await cluster.Silo.Process.Output.WaitForAsync("lends again"));
        Assert.InRange(admitted, began + cluster.LeaseOnEveryClock - Moment, ended + QuotaCluster.Bound);
        Assert.InRange(ended, began + cluster.LeaseOnEveryClock - Moment, began + cluster.LeaseOnEveryClock + QuotaCluster.Bound);
        await more.JoinAsync(cluster.Second, TimeSpan.Zero);
        Assert.Equal((4, "QuotaExceeded"), (more.Count, Assert.Single(more.Refusals)));
        await ten.EchoAsync("to the end");
    }

    // The processes are on one machine, and have one clock.
    private static DateTimeOffset TimeOf(string line) => DateTimeOffset.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);

    private async Task<QuotaCluster> StartAsync(string provider)
    {
        var start = TimeProvider.System.GetTimestamp();
        var trial = Start(EchoExecutable.Silo, ["--port=0", $"--gateway-port={FreePorts.Next()}", "--management=127.0.0.1:0"]);
        await trial.ManagementAsync();
        var lease = TimeProvider.System.GetElapsedTime(start) * StartsInALease;
        trial.Send(Signal.Kill);
        await trial.WaitForExitAsync();

        var cluster = new QuotaCluster(Own, lease > LeastLease ? lease : LeastLease, await StoreAsync(provider), []);
        await cluster.StartAsync();
        return cluster;
    }

    private async Task<string[]> StoreAsync(string provider)
    {
        switch (provider)
        {
            case "file":
                return ["--Storage:Provider=file", $"--Storage:Folder={Keep(new StoreFolder()).Path}"];
            case "redis":
                return ["--Storage:Provider=redis",
                    $"--Storage:ConnectionString={Keep(await RedisServer.StartNewAsync()).ConnectionString}"];
            case "postgresql":
                return ["--Storage:Provider=postgresql",
                    $"--Storage:ConnectionString={Keep(await PostgresServer.StartNewAsync()).ConnectionString}",
                    "--Storage:CreateSchema=true"];
            default:
                return [];
        }
    }

    private sealed class StoreFolder : IAsyncDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("quota-").FullName;

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Path, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
