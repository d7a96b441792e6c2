using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Hosting;
using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Lanes;
using OrleansEcho.Grains.Links;
using OrleansEcho.Grains.LoadTests;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Stores;
using OrleansEcho.ServiceDefaults.Tls;
using OrleansEcho.ServiceDefaults.Transport;
using OrleansEcho.Silo.Kubernetes;
using OrleansEcho.Silo.Membership;
using OrleansEcho.Silo.Quota;
using OrleansEcho.Silo.Storage;

namespace OrleansEcho.Silo;

/// <summary>Puts a silo into a host.</summary>
public static class SiloBuilderExtensions
{
    // What the silo may take to leave its cluster when its gateways have moved on, and exporters to send their last metrics.
    private static readonly TimeSpan StopAfterLeaving = TimeSpan.FromSeconds(20);

    /// <summary>Adds a silo with this project's grains; where it keeps their state and the list of its cluster's silos is configured.</summary>
    public static IHostApplicationBuilder AddSilo(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddOptions<SiloHostOptions>().BindConfiguration(SiloHostOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SiloHostOptions>, SiloHostOptionsValidator>();
        builder.Services.AddOptions<HostOptions>().PostConfigure<IConfiguration>((host, configuration) =>
        {
            // Not through IOptions: the host asks for this while it is built, before the faults of the configuration are listed. A gateway in
            // the same process may need longer.
            var silo = configuration.GetSection(SiloHostOptions.Section).Get<SiloHostOptions>() ?? new();
            var stop = TimeSpan.FromSeconds(silo.LeaveSeconds) + StopAfterLeaving;
            if (host.ShutdownTimeout < stop) host.ShutdownTimeout = stop;
        });
        builder.Services.AddSingleton<OwnAddress>();
        builder.Services.AddSingleton<IEndpointClaims, SiloEndpointClaims>();
        builder.Services.AddSingleton<SiloPorts>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<SiloPorts>());
        builder.Services.AddHealthChecks().AddCheck<SiloReadinessCheck>("silo", tags: ["ready"]);
        builder.Services.AddClusterTls(CertificateRole.Silo);
        builder.Services.AddStoreWait();
        builder.AddStorage(); // first: it may make the tables that the list of silos is in, too
        builder.AddMembership();
        builder.AddQuota();
        builder.Services.AddSingleton<SiloDeparture>();
        builder.UseOrleans(silo =>
        {
            silo.UseMembership();
            silo.UseKubernetes(); // before the options below, which win
            silo.Services.AddSingleton<IFatalErrorHandler, EvictionHandler>();
            silo.UseStorage();
            silo.AddGrainDirectory(LocalGrainDirectory.Name, static (_, _) => new LocalGrainDirectory());
            silo.Services.AddLanes();
            silo.Services.AddLoadSessions();
            silo.Services.AddOptions<EndpointOptions>().Configure<SiloPorts>((endpoints, ports) =>
            {
                endpoints.AdvertisedIPAddress = ports.Silo.Address;
                endpoints.SiloPort = ports.Silo.Port;
                endpoints.GatewayPort = ports.Gateway?.Port ?? 0;
                endpoints.SiloListeningEndpoint = ports.Silo;
                endpoints.GatewayListeningEndpoint = ports.Gateway;
            });
            silo.Services.UseClusterTransport();
            silo.Services.AddOptions<SiloConnectionOptions>().Configure<ClusterTls>((connections, tls) =>
            {
                connections.ConfigureSiloInboundConnection(tls.AcceptSilos);
                connections.ConfigureSiloOutboundConnection(tls.ConnectToSilos);
                connections.ConfigureGatewayInboundConnection(tls.AcceptGateways);
            });
            silo.Services.AddOptions<ClusterOptions>().Configure<IOptions<ClusterIdentityOptions>>((cluster, identity) =>
            {
                cluster.ClusterId = identity.Value.ClusterId;
                cluster.ServiceId = identity.Value.ServiceId;
            });
            silo.Services.AddOptions<GrainCollectionOptions>().Configure<IOptions<SiloHostOptions>>((collection, options) =>
                collection.ClassSpecificCollectionAge[typeof(ConnectionGrain).FullName!] = TimeSpan.FromSeconds(options.Value.IdleGrainSeconds));

            // Where grains are is asked of this silo's own table, and lanes need not ask. Orleans' cache has room for a million: 17 MB of tables when nothing is there, and what is removed
            // stays in its queues until they are full. A call to a grain that is not in it takes a step more (docs/performance.md), and so there is room for what a large silo has on idle lines.
            silo.Services.AddOptions<GrainDirectoryOptions>().Configure(directory => directory.CacheSize = 65_536);
        });
        builder.AddMembershipMonitor();
        builder.AddPodAgent();
        builder.Services.AddHostedService<SiloDepartureService>(); // last: what starts last stops first
        return builder;
    }
}
