using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// Silos find each other, and gateways them, in a store: which may come late, go away and come back, and nobody's connection closes.
/// </summary>
public sealed class MembershipTests : MembershipTest
{
    [Theory]
    [InlineData(Kind.Redis)]
    [InlineData(Kind.AdoNet)]
    public async Task SiloStartedBeforeItsStore_WaitsForIt_AndSaysSo(Kind kind)
    {
        var store = await StartStoreAsync(kind);
        if (kind is Kind.AdoNet) await InitDbAsync(store);
        await store.StopAsync();
        var silo = Launch(NewSilo(kind, store));
        var waiting = await silo.Output.WaitForAsync("Waiting for ");
        Assert.EndsWith($"{Named(kind, store)}: connection refused.", waiting, StringComparison.Ordinal);
        await Deadline.UntilAsync(() => Task.FromResult(silo.Output.Lines.Count(
            line => line.Contains("Waiting for ", StringComparison.Ordinal)) is 2), "the silo to say so again", Deadline.Promised(5));
        await store.StartAsync();
        await silo.ManagementAsync();
        Assert.Equal(0, await EndAsync(silo));
    }

    [Fact]
    public async Task SiloThatJoins_SaysWhomItWaitsFor()
    {
        var store = await StartStoreAsync(Kind.Redis);
        var one = NewSilo(Kind.Redis, store);
        await one.StartAsync();
        await one.KillAsync(); // there is nobody to say that it is dead
        var other = Launch(NewSilo(Kind.Redis, store));
        Assert.Contains(
            "Joining cluster dev: waiting for 127.0.0.1:", await other.Output.WaitForAsync("Joining cluster"), StringComparison.Ordinal);
        await other.ManagementAsync();
    }

    [Theory]
    [InlineData(Kind.Redis, -900, "900 s behind")]
    [InlineData(Kind.AdoNet, 60, "60 s ahead of")]
    public async Task SiloWhoseClockIsFarOff_SaysSo(Kind kind, int seconds, string words)
    {
        Assert.SkipUnless(WallClock.Exists, "There is no C compiler.");
        var store = await StartStoreAsync(kind);
        if (kind is Kind.AdoNet) await InitDbAsync(store);
        using var clock = new WallClock();
        clock.Jump(seconds);
        var silo = Launch(NewSilo(kind, store, clock.Environment));
        Assert.Contains($"This machine's clock is {words} that of {Named(kind, store)}. ",
            await silo.Output.WaitForAsync("This machine's clock"), StringComparison.Ordinal);
        await silo.ManagementAsync();
    }

    [Theory]
    [InlineData(Kind.Redis)]
    [InlineData(Kind.AdoNet)]
    public async Task SiloThatJoinsLater_IsFound_AndTakesOver(Kind kind)
    {
        var store = await StartStoreAsync(kind);
        if (kind is Kind.AdoNet) await InitDbAsync(store);
        var gateway = NewGateway(kind, store);
        await gateway.StartAsync();
        await gateway.Process.Output.WaitForAsync($"Waiting for a silo of cluster dev in {Named(kind, store)}: there is none in it");
        var one = Launch(NewSilo(kind, store));
        await gateway.Process.Output.WaitForAsync("Reached a silo");
        using var peer = await Peer.ConnectAsync(gateway.Line);
        await peer.EchoLineAsync("on one");

        var other = NewSilo(kind, store);
        await other.StartAsync();
        await ReachedAsync(other);
        one.Send(Signal.Kill);
        await peer.EchoLineAsync("on the other");
        peer.Finish();
        Assert.Empty(await peer.ReceiveAllAsync());
    }

    [Theory]
    [InlineData(Kind.Redis)]
    [InlineData(Kind.AdoNet)]
    public async Task GatewayOfAnotherCluster_NamesThoseThatAreThere(Kind kind)
    {
        var store = await StartStoreAsync(kind);
        if (kind is Kind.AdoNet) await InitDbAsync(store);
        await NewSilo(kind, store).StartAsync();
        var gateway = Launch(NewGateway(kind, store, "--Cluster:ClusterId=other"));
        await gateway.Output.WaitForAsync($"No silo of cluster other found in {Named(kind, store)}; clusters present: dev.");
    }

    [Fact]
    public async Task InitDb_MakesTheTables_AndMayBeRepeated()
    {
        var store = await StartStoreAsync(Kind.AdoNet);
        var silo = Launch(NewSilo(Kind.AdoNet, store));
        Assert.Equal(1, await silo.WaitForExitAsync());
        Assert.Contains("has no tables for the list of silos, or old ones; run 'OrleansEcho.Silo --init-db' once", silo.Output.Errors[^1],
            StringComparison.Ordinal);
        await InitDbAsync(store);
        await InitDbAsync(store);
        await NewSilo(Kind.AdoNet, store).StartAsync();
    }

    [Fact]
    public async Task InitDb_SaysWhatItNeeds_WhenNoDatabaseIsConfigured()
    {
        var command = Start(EchoExecutable.Silo, ["--init-db"]);
        Assert.Equal(2, await command.WaitForExitAsync());
        Assert.StartsWith("error: --init-db: no database is configured; ", command.Output.Errors[^1], StringComparison.Ordinal);
    }
}

/// <summary>The store goes away, loses what is in it, or takes no writes, while silos and gateways are there.</summary>
public sealed class MembershipStoreLossTests : MembershipTest
{
    // docs/operations.md promises it, counted from the loss of the list. It takes 5 s.
    private static readonly TimeSpan AllAreOneCluster = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(Kind.Redis)]
    [InlineData(Kind.AdoNet)]
    public async Task StoreThatGoesAway_ClosesNothing_AndIsSaidOnce(Kind kind)
    {
        var store = await StartStoreAsync(kind);
        if (kind is Kind.AdoNet) await InitDbAsync(store);
        var silos = await StartTwoSilosAsync(kind, store);
        var gateway = NewGateway(kind, store);
        await gateway.StartAsync();
        await gateway.Process.Output.WaitForAsync("Reached a silo");
        var peers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Peer.ConnectAsync(gateway.Line)));
        try
        {
            await store.KillAsync();
            EchoProcess[] all = [.. silos, gateway.Process];
            foreach (var process in all) await process.Output.WaitForAsync($"{Named(kind, store)} cannot be used: ");
            var start = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(12)) // some of Orleans' own rounds
            {
                await Task.WhenAll(peers.Select(peer => peer.EchoLineAsync("without")));
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancelled);
            }

            await store.StartAsync();
            foreach (var process in all) await process.Output.WaitForAsync($"{Named(kind, store)} can be used again.");
            await Task.WhenAll(peers.Select(peer => peer.EchoLineAsync("with")));
            foreach (var process in all) AssertQuiet(process);
            foreach (var peer in peers)
            {
                peer.Finish();
                Assert.Empty(await peer.ReceiveAllAsync());
            }
        }
        finally
        {
            foreach (var peer in peers) peer.Dispose();
        }
    }

    [Theory]
    [InlineData(Kind.Redis, "FLUSHALL")]
    [InlineData(Kind.AdoNet, "DELETE FROM OrleansMembershipTable; DELETE FROM OrleansMembershipVersionTable")]
    public async Task ListThatIsLost_IsWrittenAgain_AndSilosThatStartJoinThoseThatWereThere(Kind kind, string loss)
    {
        // 1. Two silos whose list is lost.
        var store = await StartStoreAsync(kind);
        if (kind is Kind.AdoNet) await InitDbAsync(store);
        SiloNode[] silos = [NewSilo(kind, store, arguments: SiloNode.TellOfMembers), NewSilo(kind, store)];
        await Task.WhenAll(silos.Select(s => s.StartAsync()));
        await silos[0].Process.Output.WaitForAsync("Will watch (actively ping) 1 silos");
        await ExecuteAsync(store, loss);
        foreach (var silo in silos) await silo.Process.Output.WaitForAsync("has lost what its silos wrote", Deadline.Promised(2));
        foreach (var silo in silos)
        {
            await silo.Process.Output.WaitForAsync(
                $"The list of silos in {Named(kind, store)} is complete again: 2 silos.", AllAreOneCluster);
        }

        // 2. A gateway that starts finds them, and a silo that restarts is watched by the one that was there.
        var gateway = NewGateway(kind, store);
        await gateway.StartAsync();
        await gateway.Process.Output.WaitForAsync("Reached a silo");
        var said = silos[0].Process.Output.Lines.Count;
        await silos[1].KillAsync();
        await silos[1].StartAsync();
        await Deadline.UntilAsync(
            () => Task.FromResult(silos[0].Process.Output.Lines.Skip(said)
                .Any(line => line.Contains("Will watch (actively ping) 1 silos", StringComparison.Ordinal))),
            "the silo that was there to watch the one that is new");
        Assert.True(await silos[0].IsReadyAsync() && await silos[1].IsReadyAsync());
        AssertQuiet(silos[1].Process);
    }

    [Fact]
    public async Task SiloThatBeganAClusterOfItsOwnInAListThatWasLost_IsOneWithTheOthers()
    {
        var store = await StartStoreAsync(Kind.Redis);
        SiloNode[] silos = [.. Enumerable.Range(0, 3).Select(_ => NewSilo(Kind.Redis, store, arguments: SiloNode.TellOfMembers))];
        var (members, founder) = (silos[..2], silos[2]);
        await Task.WhenAll(members.Select(s => s.StartAsync()));
        await Task.WhenAll(members.Select(s => WatchesAsync(s, 1)));

        // Those that were there stand still until the one that starts has found nobody: otherwise it would be chance who comes first.
        await Task.WhenAll(members.Select(s => s.Process.FreezeAsync()));
        await ExecuteAsync(store, "FLUSHALL");
        await founder.StartAsync();
        Assert.DoesNotMatch(@"Will watch \(actively ping\) [12] ", string.Join('\n', founder.Process.Output.Lines));
        foreach (var member in members) member.Process.Send(Signal.Continue);

        // Orleans' own view, in each of them: three in a ring, where each watches both others.
        await Task.WhenAll(silos.Select(s => WatchesAsync(s, 2, AllAreOneCluster)));
        foreach (var silo in silos) Assert.True(await silo.IsReadyAsync());
    }

    [Theory]
    [InlineData(Kind.Redis, "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", "it is full (maxmemory)")]
    [InlineData(Kind.Redis, "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", "it is a read-only replica")]
    [InlineData(Kind.AdoNet,
        "ALTER DATABASE postgres SET default_transaction_read_only = on; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid "
        + "<> pg_backend_pid() AND datname = 'postgres'",
        "BEGIN READ WRITE; ALTER DATABASE postgres SET default_transaction_read_only = off; COMMIT; SELECT pg_terminate_backend(pid) FROM "
        + "pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'postgres'",
        "cannot execute INSERT in a read-only transaction")]
    public async Task StoreThatTakesNoWrites_IsSaidOnce_AndWaitedForBySilosThatStart(Kind kind, string close, string open, string words)
    {
        var store = await StartStoreAsync(kind);
        if (kind is Kind.AdoNet) await InitDbAsync(store);
        var one = NewSilo(kind, store);
        await one.StartAsync();
        await ExecuteAsync(store, close);
        var away = await one.Process.Output.WaitForAsync(" cannot be used: ");
        if (kind is Kind.Redis)
        {
            Assert.Contains($"{Named(kind, store)} cannot be used: {words}. The list of silos in it cannot be written: ", away,
                StringComparison.Ordinal);
        }

        var other = NewSilo(kind, store);
        other.Launch();
        await other.Process.Output.WaitForAsync($"Waiting for {Named(kind, store)}: {words}.");
        await Deadline.UntilAsync(() => Task.FromResult(other.Process.Output.Lines.Count(
            line => line.Contains("Waiting for ", StringComparison.Ordinal)) is 2), "the silo to say so again", Deadline.Promised(5));
        Assert.True(await one.IsReadyAsync());
        await ExecuteAsync(store, open);
        await one.Process.Output.WaitForAsync($"{Named(kind, store)} can be used again.");
        await other.Process.ManagementAsync();
        Assert.Single(one.Process.Output.Lines, line => line.Contains(" cannot be used: ", StringComparison.Ordinal));
        AssertQuiet(one.Process);
        AssertQuiet(other.Process);
    }

    [Theory]
    [InlineData(Kind.Redis)]
    [InlineData(Kind.AdoNet)]
    public async Task SiloStopsInOrder_WhileItsStoreIsAway(Kind kind)
    {
        var store = await StartStoreAsync(kind);
        if (kind is Kind.AdoNet) await InitDbAsync(store);
        var silos = await StartTwoSilosAsync(kind, store);
        await store.KillAsync();
        await silos[0].Output.WaitForAsync(" cannot be used: ");
        foreach (var silo in silos)
        {
            Assert.Equal(0, await EndAsync(silo));
            AssertQuiet(silo);
        }
    }

    private static Task<string> WatchesAsync(SiloNode silo, int others, TimeSpan? limit = null) =>
        silo.Process.Output.WaitForAsync($"Will watch (actively ping) {others} silos", limit);
}

/// <summary>What tests of silos that find each other in a store have in common.</summary>
public abstract class MembershipTest : ProcessTest
{
    public enum Kind
    {
        Redis,
        AdoNet,
    }

    protected async Task<StoreServer> StartStoreAsync(Kind kind) =>
        kind is Kind.Redis ? await OwnAsync(RedisServer.StartNewAsync()) : await OwnAsync(PostgresServer.StartNewAsync());

    protected async Task InitDbAsync(StoreServer store)
    {
        var command = Start(EchoExecutable.Silo, ["--init-db", .. Settings(Kind.AdoNet, store)]);
        Assert.Equal(0, await command.WaitForExitAsync());
        // A database that takes its time has been waited for.
        Assert.Equal($"The tables of schema version 1 are in {Named(Kind.AdoNet, store)}.", command.Output.Lines[^1]);
    }

    protected static Task ExecuteAsync(StoreServer store, string command) =>
        store is RedisServer redis ? redis.ExecuteAsync(command) : ((PostgresServer)store).ExecuteAsync(command);

    private protected SiloNode NewSilo(
        Kind kind, StoreServer store, IReadOnlyDictionary<string, string>? environment = null, params string[] arguments) =>
        new(NodePlace.Here with { Environment = environment ?? NodePlace.Here.Environment }, Own, [.. Settings(kind, store), .. arguments]);

    private protected GatewayNode NewGateway(Kind kind, StoreServer store, params string[] arguments) =>
        new(NodePlace.Here, Own, [], [.. Settings(kind, store), .. arguments]);

    protected async Task<EchoProcess[]> StartTwoSilosAsync(Kind kind, StoreServer store)
    {
        SiloNode[] silos = [NewSilo(kind, store), NewSilo(kind, store)];
        await Task.WhenAll(silos.Select(s => s.StartAsync()));
        return [.. silos.Select(s => s.Process)];
    }

    // Without waiting until it has started.
    private protected static EchoProcess Launch(Node node)
    {
        node.Launch();
        return node.Process;
    }

    protected static async Task<int> EndAsync(EchoProcess process)
    {
        process.Send(Signal.Terminate);
        return await process.WaitForExitAsync();
    }

    // Our own lines only, and no stack trace among them.
    protected static void AssertQuiet(EchoProcess process) => Assert.DoesNotContain(
        process.Output.Lines.Where(line => !ProcessOutput.IsOfABusyMachine(line)),
        line => line.Contains("Orleans.Runtime", StringComparison.Ordinal)
            || line.Contains("Exception", StringComparison.Ordinal) || line.StartsWith("   at ", StringComparison.Ordinal));

    protected static string[] Settings(Kind kind, StoreServer store) =>
        [$"--Cluster:Membership={(kind is Kind.Redis ? "redis" : "adonet")}", $"--Cluster:ConnectionString={store.ConnectionString}"];

    protected static string Named(Kind kind, StoreServer store) => kind is Kind.Redis
        ? $"Redis at 127.0.0.1:{store.Port} (Cluster:ConnectionString)"
        : $"PostgreSQL at 127.0.0.1:{store.Port}, database postgres (Cluster:ConnectionString)";

    // A gateway's heartbeat has made a grain there.
    private protected static Task ReachedAsync(SiloNode silo) =>
        Deadline.UntilAsync(async () => await silo.MetricAsync("orleans_catalog_activation_created_total", "grain_type=\"link\"") > 0,
            "the gateway to reach the silo");
}
