using Orleans.Storage;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Silo.Tests.Storage;

/// <summary>What a grain that must not be wrong asks of its store, whichever it is.</summary>
public abstract class GrainStorageTests<TStore>(TStore store) : IClassFixture<TStore>
    where TStore : StoreFixture
{
    private const string StateName = "grants";

    protected TStore Store => store;

    [Fact]
    public async Task StateThatNobodyWrote_IsEmpty()
    {
        var storage = await Store.StorageAsync();
        var state = await ReadAsync(storage, NewGrain());
        Assert.Equal((0, null, false), (state.State.Count, state.ETag, state.RecordExists));
    }

    [Fact]
    public async Task WrittenState_IsReadBack()
    {
        var storage = await Store.StorageAsync();
        var (grain, state) = (NewGrain(), new Held(1, "first, with \"quotes\", ünïcödé 日本 and a\nline"));
        await storage.WriteStateAsync(StateName, grain, state);
        var first = state.ETag;
        Assert.True(state.RecordExists);
        state.State.Count = 2;
        await storage.WriteStateAsync(StateName, grain, state);
        Assert.NotEqual(first, state.ETag);

        var read = await ReadAsync(storage, grain);
        Assert.Equal((2, state.State.Note, state.ETag, true), (read.State.Count, read.State.Note, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task StaleWriter_IsRefused_AndChangesNothing()
    {
        var storage = await Store.StorageAsync();
        var (grain, mine) = (NewGrain(), new Held(1));
        await storage.WriteStateAsync(StateName, grain, mine);
        var (stale, ignorant) = (await ReadAsync(storage, grain), new Held(7));
        mine.State.Count = 2;
        await storage.WriteStateAsync(StateName, grain, mine);

        stale.State.Count = 8;
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(StateName, grain, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(StateName, grain, ignorant));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync(StateName, grain, stale));
        var read = await ReadAsync(storage, grain);
        Assert.Equal((2, mine.ETag), (read.State.Count, read.ETag));
        mine.State.Count = 3;
        await storage.WriteStateAsync(StateName, grain, mine); // who was not stale goes on
    }

    [Fact]
    public async Task ClearedState_IsEmpty_AndWhoStillHoldsTheOldOneIsRefused()
    {
        var storage = await Store.StorageAsync();
        var (grain, mine) = (NewGrain(), new Held(1));
        await storage.WriteStateAsync(StateName, grain, mine);
        var stale = await ReadAsync(storage, grain);
        await storage.ClearStateAsync(StateName, grain, mine);
        Assert.Equal((0, false), (mine.State.Count, mine.RecordExists));

        var read = await ReadAsync(storage, grain);
        Assert.Equal((0, false), (read.State.Count, read.RecordExists));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(StateName, grain, stale));
        mine.State.Count = 4;
        await storage.WriteStateAsync(StateName, grain, mine);
        Assert.Equal(4, (await ReadAsync(storage, grain)).State.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OfManyWritersWithOneETag_ExactlyOneWins(bool isThere)
    {
        var storage = await Store.StorageAsync();
        for (var round = 0; round < 10; round++)
        {
            var grain = NewGrain();
            if (isThere) await storage.WriteStateAsync(StateName, grain, new Held(0));
            var writers = new Held[16];
            for (var i = 0; i < writers.Length; i++)
            {
                writers[i] = await ReadAsync(storage, grain);
                writers[i].State.Count = i + 1;
            }

            var won = await Task.WhenAll(writers.Select(writer => Task.Run(() => WinsAsync(storage, grain, writer))));
            var winner = Assert.Single(writers.Where((_, i) => won[i]));
            var read = await ReadAsync(storage, grain);
            Assert.Equal((winner.State.Count, winner.ETag), (read.State.Count, read.ETag));
        }
    }

    [Fact]
    public async Task GrainsOfAnyKey_KeepTheirStatesApart()
    {
        var storage = await Store.StorageAsync();
        string[] keys =
        [
            "7", "07", "007", "abc", "ABC", "0abc", "+", "7+x", "07+x",
            "0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcdef+x",
            "/", "..", "../../etc/passwd", "a/b", "a//b", "a\\b", "a\nb", "a\r\nb", "a ", " a", "'; DROP TABLE x; --", "@p", ":p", "$1",
            "%00", "\0", "a\0b", "a%00b", "*", "?", "{x}", "lock",
            "ä", "a\u0308", "日本語", "🙂", "\u202e", new('x', 300), new('日', 300), new string('x', 299) + "y", new('z', 5000),
            new string('z', 4999) + "y",
        ];
        for (var i = 0; i < keys.Length; i++) await storage.WriteStateAsync(StateName, GrainId.Create("keys", keys[i]), new Held(i + 1));
        for (var i = 0; i < keys.Length; i++) Assert.Equal(i + 1, (await ReadAsync(storage, GrainId.Create("keys", keys[i]))).State.Count);
    }

    [Fact]
    public async Task TypesAndStatesWithOneKey_AreApart()
    {
        var storage = await Store.StorageAsync();
        var (key, other) = (Guid.NewGuid().ToString(), new Held(3));
        await storage.WriteStateAsync(StateName, GrainId.Create("one", key), new Held(1));
        await storage.WriteStateAsync(StateName, GrainId.Create("two", key), new Held(2));
        await storage.WriteStateAsync("other", GrainId.Create("one", key), other);
        Assert.Equal(1, (await ReadAsync(storage, GrainId.Create("one", key))).State.Count);
        Assert.Equal(2, (await ReadAsync(storage, GrainId.Create("two", key))).State.Count);
    }

    protected static GrainId NewGrain() => GrainId.Create("sample", Guid.NewGuid().ToString());

    protected static async Task<Held> ReadAsync(IGrainStorage storage, GrainId grain)
    {
        var state = new Held(-1);
        await storage.ReadStateAsync(StateName, grain, state);
        return state;
    }

    protected static Task WriteAsync(IGrainStorage storage, GrainId grain, Held state) => storage.WriteStateAsync(StateName, grain, state);

    private static async Task<bool> WinsAsync(IGrainStorage storage, GrainId grain, Held state)
    {
        try
        {
            await storage.WriteStateAsync(StateName, grain, state);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }
}

public sealed class MemoryGrainStorageTests(MemoryStoreFixture store) : GrainStorageTests<MemoryStoreFixture>(store);

/// <summary>What a store that remembers does in addition.</summary>
public abstract class LastingGrainStorageTests<TStore>(TStore store) : GrainStorageTests<TStore>(store)
    where TStore : StoreFixture
{
    [Fact]
    public async Task WrittenState_IsThere_WhenTheSiloComesBack()
    {
        var (grain, state) = (NewGrain(), new Held(5));
        await WriteAsync(await Store.StorageAsync(), grain, state);
        var storage = await Store.RestartAsync();
        var read = await ReadAsync(storage, grain);
        Assert.Equal((5, state.ETag), (read.State.Count, read.ETag));
        read.State.Count = 6;
        await WriteAsync(storage, grain, read);
    }

    // (The memory provider takes it: its records may have been lost with another silo.)
    [Fact]
    public async Task WriterWithAnETagWhereNothingIs_IsRefused()
    {
        var storage = await Store.StorageAsync();
        var elsewhere = new Held(1);
        await WriteAsync(storage, NewGrain(), elsewhere);
        var grain = NewGrain();
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(storage, grain, elsewhere));
        Assert.False((await ReadAsync(storage, grain)).RecordExists);
    }
}

/// <summary>What a store in another process does in addition, when that goes away.</summary>
public abstract class ServerGrainStorageTests<TStore, TServer>(TStore store) : LastingGrainStorageTests<TStore>(store)
    where TStore : ServerStoreFixture<TServer>
    where TServer : StoreServer
{
    // A grain's caller waits Backend:CallTimeoutSeconds, 5 by default; it should be told before.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4.5);

    [Fact]
    public async Task KilledServer_FailsCallsSoon_AndKeepsWhatItHadAnswered()
    {
        var storage = await Store.StorageAsync();
        var (grain, state) = (NewGrain(), new Held(1));
        for (; state.State.Count < 50; state.State.Count++) await WriteAsync(storage, grain, state);

        await Store.Server.KillAsync();
        await FailsSoonAsync(() => ReadAsync(storage, grain));
        await FailsSoonAsync(() => WriteAsync(storage, NewGrain(), new Held(1)));
        await Store.Server.StartAsync();
        var read = await ReadWhenBackAsync(storage, grain);
        Assert.Equal((49, state.ETag), (read.State.Count, read.ETag));
        await WriteAsync(storage, grain, read);
    }

    [Fact]
    public async Task FrozenServer_FailsCallsSoon_AndServesWhenItGoesOn()
    {
        var storage = await Store.StorageAsync();
        var (grain, state) = (NewGrain(), new Held(1));
        await WriteAsync(storage, grain, state);

        await Store.Server.FreezeAsync();
        try
        {
            await FailsSoonAsync(() => ReadAsync(storage, grain));
            await FailsSoonAsync(() => WriteAsync(storage, NewGrain(), new Held(1)));
        }
        finally
        {
            Store.Server.Continue();
        }

        Assert.Equal(1, (await ReadWhenBackAsync(storage, grain)).State.Count);
    }

    private static async Task FailsSoonAsync(Func<Task> call)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => call().WithinAsync("a call to a store that is away to fail", Soon));
        Assert.False(
            fault is TimeoutException { Message: var message } && message.StartsWith("Waited ", StringComparison.Ordinal), fault.Message);
        Assert.IsNotType<InconsistentStateException>(fault);
    }

    private static async Task<Held> ReadWhenBackAsync(IGrainStorage storage, GrainId grain)
    {
        Held? read = null;
        await Deadline.UntilAsync(
            async () =>
            {
                try
                {
                    read = await ReadAsync(storage, grain);
                    return true;
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    return false;
                }
            },
            "a store that is back to serve");
        return read!;
    }
}

public sealed class RedisGrainStorageTests(RedisStoreFixture store) : ServerGrainStorageTests<RedisStoreFixture, RedisServer>(store)
{
    [Fact]
    public async Task Silo_StartsWithoutRedis_AndUsesItWhenItIsThere()
    {
        await using var server = await RedisServer.StartNewAsync();
        await server.StopAsync();
        await using var silo = await RunningSilo.StartAsync(
            new Dictionary<string, string?> { ["Storage:Provider"] = "redis", ["Storage:ConnectionString"] = server.ConnectionString });
        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(silo.Storage, NewGrain()));
        await server.StartAsync();
        await Deadline.UntilAsync(
            async () =>
            {
                try
                {
                    await WriteAsync(silo.Storage, NewGrain(), new Held(1));
                    return true;
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    return false;
                }
            },
            "Redis to be used");
    }
}

public sealed class PostgresGrainStorageTests(
    PostgresStoreFixture store) : ServerGrainStorageTests<PostgresStoreFixture, PostgresServer>(store);
