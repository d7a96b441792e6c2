using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using OrleansEcho.ServiceDefaults.Membership;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Silo.Membership;

/// <summary>Puts the list of a cluster's silos into a silo.</summary>
internal static class MembershipBuilderExtensions
{
    /// <summary>Adds what has to be there before the silo starts.</summary>
    public static void AddMembership(this IHostApplicationBuilder builder)
    {
        builder.Services.AddClusterOptions();
        if (!MembershipOptions.Of(builder.Configuration).IsShared) return;
        builder.Services.AddKeyedSingleton(StoreKeys.Membership, static (provider, _) => MembershipStore.Of(provider.GetRequiredService<IOptions<MembershipOptions>>().Value));
        builder.Services.AddSingleton<ListWriter>();
        builder.Services.AddHostedService<MembershipCheck>();
        builder.Services.AddHostedService<ClockCheck>();
        builder.Services.AddHostedService<JoinReport>();
    }

    /// <summary>Adds what looks after the list while the silo runs.</summary>
    public static void AddMembershipMonitor(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StoreMetrics>();
        if (MembershipOptions.Of(builder.Configuration).IsShared) builder.Services.AddHostedService<MembershipMonitor>();
    }

    /// <summary>Lets a silo use the list that the configuration names.</summary>
    public static void UseMembership(this ISiloBuilder silo)
    {
        var configured = MembershipOptions.Of(silo.Configuration);
        if (configured.IsRedis)
        {
            silo.UseRedisClustering(static (RedisClusteringOptions _) => { });
            silo.Services.AddOptions<RedisClusteringOptions>().Configure<IOptions<MembershipOptions>>((redis, membership) =>
                redis.ConfigurationOptions = RedisSettings.Parse(membership.Value.ConnectionString));
        }
        else if (configured.IsAdoNet)
        {
            silo.UseAdoNetClustering(static (AdoNetClusteringSiloOptions _) => { });
            silo.Services.AddOptions<AdoNetClusteringSiloOptions>().Configure<IServiceProvider>((database, provider) =>
            {
                database.Invariant = "Npgsql";
                database.DataSource = ((PostgresStore)provider.GetRequiredKeyedService<IStore>(StoreKeys.Membership)).Database;
            });
        }
        else
        {
            silo.UseDevelopmentClustering(primarySiloEndpoint: null);
            return;
        }

        Wrap(silo.Services);
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            // Connections wait for a lost silo's death to be declared (Backend:PatienceSeconds, 30): three seconds of silence leave time for
            // several tries, and a pause of the garbage collector or of a busy machine is shorter.
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.NumMissedProbesLimit = 3;

            // A silo that stands still refuses nothing: it is given up this long, times the probes above, after its last word (4.5 s instead
            // of Orleans' 12). Any message counts as one, so that a busy silo is not taken for a frozen one.
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(1.5);

            // One silo with a broken network must not declare all others dead. Orleans asks for half of the living at most: one of two.
            membership.NumVotesForDeathDeclaration = 2;

            // A silo starts only when it reaches all others that have been heard of lately. After a power cut those are dead, and nobody is
            // there to say so: 3 times 2 s, instead of Orleans' 90. It costs a write to the store every 2 s from each silo. Much less would
            // take a store that is slow for a moment for silos that are dead.
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(2);
            membership.NumMissedTableIAmAliveLimit = 3;

            // Silos tell each other what they write. Who did not hear it, because it stood still or was cut off, or was declared dead itself,
            // reads it: within 5 s instead of 60. A read of a list of some rows every 5 s is nothing to the store.
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        });
    }

    private static void Wrap(IServiceCollection services)
    {
        var table = services.Last(service => service.ServiceType == typeof(IMembershipTable));
        services.Remove(table);
        services.AddSingleton(provider =>
        {
            var found = (IMembershipTable)(table.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, table.ImplementationType!));
            var (self, time) = (provider.GetRequiredService<ILocalSiloDetails>().SiloAddress, provider.GetRequiredService<TimeProvider>());
            var store = provider.GetRequiredKeyedService<IStore>(StoreKeys.Membership);
            return new KeptMembershipTable(new ContendedMembershipTable(found, self, time), self, store.Name, time, provider.GetRequiredService<ILogger<KeptMembershipTable>>());
        });
        services.AddSingleton(provider => new PatientMembershipTable(
            provider.GetRequiredService<KeptMembershipTable>(),
            provider.GetRequiredService<ILocalSiloDetails>().SiloAddress,
            TimeSpan.FromSeconds(provider.GetRequiredService<IOptions<SiloHostOptions>>().Value.JoinPatienceSeconds),
            PatientMembershipTable.AcceptsAsync,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PatientMembershipTable>>()));
        services.AddSingleton<IMembershipTable>(provider => new PartingMembershipTable(provider.GetRequiredService<PatientMembershipTable>(), provider.GetRequiredService<IHostApplicationLifetime>()));
    }
}
