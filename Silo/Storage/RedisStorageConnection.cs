using Microsoft.Extensions.Logging;
using Orleans.Persistence;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Stores;
using StackExchange.Redis;

namespace OrleansEcho.Silo.Storage;

/// <summary>Connects the store to Redis, and says in the log when Redis is away and when it is back: the calls themselves fail one by one.</summary>
internal sealed partial class RedisStorageConnection(TimeProvider time, ILogger<RedisStorageConnection> logger) : IDisposable
{
    private readonly OutageNotices _notices = new(
        time, (count, isAway) => Log.More(logger, count, OutageNotices.Interval.TotalSeconds, isAway ? "It cannot be reached now." : "It can be reached now."));

    /// <summary>Connects; when nobody answers it goes on to try, and the silo starts all the same.</summary>
    public async Task<(IConnectionMultiplexer Multiplexer, bool IsShared)> ConnectAsync(RedisStorageOptions options)
    {
        var servers = options.ConfigurationOptions!.Servers();
        var connection = await ConnectionMultiplexer.ConnectAsync(options.ConfigurationOptions!);
        connection.ConnectionFailed += (_, failed) => Away(servers, failed.FailureType);
        connection.ConnectionRestored += (_, _) => Back(servers, connection);
        if (!connection.IsConnected) Away(servers, ConnectionFailureType.UnableToConnect);
        return (connection, IsShared: false);
    }

    public void Dispose() => _notices.Dispose();

    private void Away(string servers, ConnectionFailureType fault) => _notices.Away(() => Log.Away(logger, servers, fault));

    private void Back(string servers, ConnectionMultiplexer connection)
    {
        if (connection.IsConnected) _notices.Back(() => Log.Back(logger, servers));
    }

    private static partial class Log
    {
        [LoggerMessage(4101, LogLevel.Warning, "Redis at {Servers} (Storage:ConnectionString) cannot be reached: {Fault}. Until it is there, what needs the grains' state fails.")]
        public static partial void Away(ILogger logger, string servers, ConnectionFailureType fault);

        [LoggerMessage(4102, LogLevel.Information, "Redis at {Servers} can be reached again.")]
        public static partial void Back(ILogger logger, string servers);

        [LoggerMessage(4103, LogLevel.Warning, "The Redis of the grains' state (Storage:ConnectionString) could not be reached {Count} more times within {Seconds} s. {Now}")]
        public static partial void More(ILogger logger, int count, double seconds, string now);
    }
}
