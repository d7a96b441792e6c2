using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Messaging;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Membership;
using OrleansEcho.ServiceDefaults.Stores;
using StackExchange.Redis;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>
/// Reads the list that the silos keep, by what an Orleans client would read it with: of a client there is nothing but that, and it is never started.
/// </summary>
internal sealed class MembershipList : ISiloList, IAsyncDisposable
{
    // Between the service's name and the cluster's, as Orleans' provider for Redis names its keys.
    private const string Members = "/members/";

    private readonly string _service;
    private readonly ServiceProvider _services;
    private IGatewayListProvider? _provider;

    public MembershipList(IOptions<MembershipOptions> membership, IOptions<ClusterIdentityOptions> identity, ILoggerFactory logging)
    {
        Store = MembershipStore.Of(membership.Value);
        _service = identity.Value.ServiceId;
        _services = OrleansClient.Make(identity.Value, logging, client =>
        {
            if (Store is RedisStore redis)
            {
                client.UseRedisClustering(options =>
                {
                    options.ConfigurationOptions = RedisSettings.Parse(membership.Value.ConnectionString);
                    options.CreateMultiplexer = async _ => (await redis.ConnectAsync(CancellationToken.None), true);
                });
            }
            else
            {
                client.UseAdoNetClustering(options =>
                {
                    options.Invariant = "Npgsql";
                    options.DataSource = ((PostgresStore)Store).Database;
                });
            }
        });
    }

    public IStore Store { get; }

    public async Task<IReadOnlyList<IPEndPoint>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_provider is null)
        {
            var provider = _services.GetRequiredService<IGatewayListProvider>();
            await provider.InitializeGatewayListProvider().WaitAsync(cancellationToken);
            _provider = provider; // not before: one that has not been initialized cannot be asked
        }

        var silos = await _provider.GetGateways().WaitAsync(cancellationToken);
        return [.. silos.Select(silo => new IPEndPoint(IPAddress.Parse(silo.DnsSafeHost), silo.Port)).Distinct()]; // a silo that restarts is in it twice
    }

    public Task<IReadOnlyList<string>> ReadClustersAsync(CancellationToken cancellationToken) =>
        Store is RedisStore redis ? ReadRedisAsync(redis, cancellationToken) : ReadPostgresAsync((PostgresStore)Store, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Store.DisposeAsync();
    }

    private static async Task<IReadOnlyList<string>> ReadPostgresAsync(PostgresStore store, CancellationToken cancellationToken)
    {
        await using var command = store.Database.CreateCommand("SELECT DISTINCT DeploymentId FROM OrleansMembershipTable ORDER BY DeploymentId");
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var clusters = new List<string>();
        while (await rows.ReadAsync(cancellationToken)) clusters.Add(rows.GetString(0));
        return clusters;
    }

    private async Task<IReadOnlyList<string>> ReadRedisAsync(RedisStore store, CancellationToken cancellationToken)
    {
        var connection = await store.ConnectAsync(cancellationToken);
        var database = connection.GetDatabase();
        var clusters = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var server in connection.GetServers())
        {
            await foreach (var key in server.KeysAsync(database.Database, $"*{Members}*").WithCancellation(cancellationToken))
            {
                // The list's version stands among the silos, and is there as soon as somebody has asked for the list.
                if (await database.KeyTypeAsync(key) is not RedisType.Hash || await database.HashLengthAsync(key) < 2) continue;
                var (service, cluster) = Split(key.ToString());
                clusters.Add(service == _service ? cluster : $"{cluster} (of the service {service})");
            }
        }

        return [.. clusters];
    }

    private static (string Service, string Cluster) Split(string key)
    {
        var at = key.IndexOf(Members, StringComparison.Ordinal);
        return (key[..at], key[(at + Members.Length)..]);
    }
}
