using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using OrleansEcho.ServiceDefaults.Stores;
using StackExchange.Redis;

namespace OrleansEcho.Silo.Membership;

/// <summary>
/// Writes to the list of silos without changing what it says. A store that is full, or a replica that has been left alone, can be read: it is well
/// only when a write has succeeded. What is written is the list's version where it has none, as Orleans does at the start.
/// </summary>
internal sealed class ListWriter([FromKeyedServices(StoreKeys.Membership)] IStore store, IOptions<ClusterOptions> cluster, IOptions<RedisClusteringOptions> redis)
{
    // As Orleans' provider for Redis names it, and what it begins with.
    private const string VersionField = "Version";
    private const string FirstVersion = "0";

    /// <summary>Writes once.</summary>
    /// <exception cref="Exception">What the store's client throws; <see cref="IStore.ExplainAsync"/> knows what it means.</exception>
    public Task WriteAsync(CancellationToken cancellationToken) =>
        store is PostgresStore database ? WriteAsync(database, cancellationToken) : WriteAsync((RedisStore)store, cancellationToken);

    private async Task WriteAsync(RedisStore server, CancellationToken cancellationToken)
    {
        var connection = await server.ConnectAsync(cancellationToken);
        await connection.GetDatabase().HashSetAsync(redis.Value.CreateRedisKey(cluster.Value), VersionField, FirstVersion, When.NotExists).WaitAsync(cancellationToken);
    }

    private async Task WriteAsync(PostgresStore database, CancellationToken cancellationToken)
    {
        // An update, because an insert that finds its row writes nothing.
        await using var command = database.Database.CreateCommand(
            "INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES ($1) ON CONFLICT (DeploymentId) DO UPDATE SET Timestamp = now()");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = cluster.Value.ClusterId });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
