using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Membership;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Storage;

/// <summary>The command that makes the tables: for who may do so, which a silo's own user need not.</summary>
internal static class InitDb
{
    public const string Name = "--init-db";

    public static ProgramCommand Command { get; } = new(
        Name,
        "Makes the tables in PostgreSQL that the configuration needs (Storage:Provider=postgresql, Cluster:Membership=adonet), and ends. What is there stays as it is.",
        RunAsync);

    private static async Task<string> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var databases = Databases(services).GroupBy(d => d.Connection, d => d.Key).ToList();
        if (databases.Count is 0)
        {
            throw new StartupException(ExitCode.InvalidConfiguration, $"{Name}: no database is configured; set {StorageOptions.Section}:{nameof(StorageOptions.Provider)}={StorageOptions.PostgreSql} or {MembershipOptions.Key(nameof(MembershipOptions.Membership))}={MembershipOptions.AdoNet}.");
        }

        var names = new List<string>();
        foreach (var database in databases)
        {
            await using var store = new PostgresStore(database.Key, string.Join(", ", database));
            await services.GetRequiredService<StoreWait>().UntilAsync(store, attempt => PostgresSchema.ApplyAsync(store, attempt), cancellationToken);
            names.Add(store.Name);
        }

        return $"The tables of schema version {PostgresSchema.Version} are in {string.Join(" and in ", names)}.";
    }

    private static IEnumerable<(string Connection, string Key)> Databases(IServiceProvider services)
    {
        var storage = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        var membership = services.GetRequiredService<IOptions<MembershipOptions>>().Value;
        if (storage.Is(StorageOptions.PostgreSql)) yield return (storage.ConnectionString, $"{StorageOptions.Section}:{nameof(storage.ConnectionString)}");
        if (membership.IsAdoNet) yield return (membership.ConnectionString, MembershipOptions.Key(nameof(membership.ConnectionString)));
    }
}
