using Orleans.Storage;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Silo.Tests.Storage;

/// <summary>
/// A store for the tests of a class, and a silo that uses it. Both start when a test asks: one that is not installed skips the tests.
/// </summary>
public abstract class StoreFixture : IAsyncLifetime
{
    private readonly SemaphoreSlim _turn = new(1);
    private RunningSilo? _silo;

    internal async Task<IGrainStorage> StorageAsync()
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _silo ??= await RunningSilo.StartAsync(await SettingsAsync());
            return _silo.Storage;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Replaces the silo by another one.</summary>
    internal async Task<IGrainStorage> RestartAsync()
    {
        if (_silo is not null) await _silo.DisposeAsync();
        _silo = null;
        return await StorageAsync();
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_silo is not null) await _silo.DisposeAsync();
        await RemoveAsync();
        _turn.Dispose();
    }

    /// <summary>The settings of a silo that uses it.</summary>
    protected abstract ValueTask<IReadOnlyDictionary<string, string?>> SettingsAsync();

    /// <summary>Leaves nothing of it.</summary>
    protected abstract ValueTask RemoveAsync();
}

public sealed class MemoryStoreFixture : StoreFixture
{
    protected override ValueTask<IReadOnlyDictionary<string, string?>> SettingsAsync() => new(new Dictionary<string, string?>());

    protected override ValueTask RemoveAsync() => ValueTask.CompletedTask;
}

public sealed class FileStoreFixture : StoreFixture
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("echo-").FullName;

    protected override ValueTask<IReadOnlyDictionary<string, string?>> SettingsAsync() =>
        new(new Dictionary<string, string?> { ["Storage:Provider"] = "file", ["Storage:Folder"] = Folder });

    protected override ValueTask RemoveAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A store that is a process of its own.</summary>
public abstract class ServerStoreFixture<TServer> : StoreFixture
    where TServer : StoreServer
{
    private TServer? _server;

    public TServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    protected abstract string Provider { get; }

    protected abstract Task<TServer> StartNewAsync();

    protected override async ValueTask<IReadOnlyDictionary<string, string?>> SettingsAsync()
    {
        _server ??= await StartNewAsync();
        var settings =
            new Dictionary<string, string?> { ["Storage:Provider"] = Provider, ["Storage:ConnectionString"] = Server.ConnectionString };
        if (_server is PostgresServer) settings["Storage:CreateSchema"] = "true";
        return settings;
    }

    protected override ValueTask RemoveAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public sealed class RedisStoreFixture : ServerStoreFixture<RedisServer>
{
    protected override string Provider => "redis";

    protected override Task<RedisServer> StartNewAsync() => RedisServer.StartNewAsync();
}

public sealed class PostgresStoreFixture : ServerStoreFixture<PostgresServer>
{
    protected override string Provider => "postgresql";

    protected override Task<PostgresServer> StartNewAsync() => PostgresServer.StartNewAsync();
}
