using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Hosting;

/// <summary>Puts a gateway into a host.</summary>
public static class GatewayBuilderExtensions
{
    /// <summary>Adds a gateway whose silos are other processes. Add its protocols to what is returned.</summary>
    public static IGatewayBuilder AddGateway(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<BackendOptions>, BackendOptionsValidator>();
        builder.Services.AddOptions<ClusterIdentityOptions>().BindConfiguration(ClusterIdentityOptions.Section).ValidateOnStart();
        builder.AddClusterClient();
        return builder.AddGatewayCore();
    }

    /// <summary>
    /// Adds a gateway to a process that is its own silo. The silo must have been added before: hosts start their services in that
    /// order, and the gateway's listeners accept at once.
    /// </summary>
    public static IGatewayBuilder AddEmbeddedGateway(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHostedService<EmbeddedBackendStart>();
        return builder.AddGatewayCore();
    }

    private static GatewayBuilder AddGatewayCore(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, DescriptorLimit>(_ => new DescriptorLimit());
        services.AddOptions<BackendOptions>().BindConfiguration(BackendOptions.Section).ValidateOnStart();
        services.AddOptions<HostOptions>().Configure<IConfiguration>((host, configuration) =>
        {
            // The host gives a stop up after 30 s, however long the drain may take; what stops after the drain gets those 30 s. Read off
            // the configuration: the host asks before the options are validated.
            var gateway = new GatewayOptions();
            configuration.GetSection(GatewayOptions.Section).Bind(gateway);
            host.ShutdownTimeout = gateway.DrainWait + gateway.DrainTimeout + TimeSpan.FromSeconds(30);
        });

        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<BackendReachability>();
        services.AddSingleton<IBackend, OrleansBackend>();
        services.AddSingleton<ConnectionAdmission>();
        services.AddSingleton<CoarseClock>();
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<ConnectionLife>();
        services.AddSingleton<ConnectionRegistry>();
        services.AddHostedService(provider => provider.GetRequiredService<ConnectionRegistry>());
        services.AddSingleton<ListenerHost>();
        services.AddHostedService(provider => provider.GetRequiredService<ListenerHost>());
        services.AddHostedService<StartupBanner>();
        services.AddHealthChecks().AddCheck<ReadinessCheck>("gateway", tags: ["ready"]);
        return new GatewayBuilder(services, builder.Configuration);
    }

    private static void AddClusterClient(this IHostApplicationBuilder builder)
    {
        var before = builder.Services.Count(IsHostedService);
        builder.UseOrleansClient(client =>
        {
            client.AddGatewayCountChangedHandler(provider =>
            {
                var reachability = provider.GetRequiredService<BackendReachability>();
                return (_, change) => reachability.Connected(change.NumberOfConnectedGateways);
            });
            client.Services.AddOptions<StaticGatewayListProviderOptions>().Configure<IOptions<BackendOptions>>((list, backend) =>
            {
                list.Gateways = [.. BackendOptionsValidator.ParseSilos(backend.Value.Silos).Select(silo => silo.ToGatewayUri())];
            });
            client.UseStaticClustering();
            client.Services.AddOptions<ClusterOptions>().Configure<IOptions<ClusterIdentityOptions>>((cluster, identity) =>
            {
                cluster.ClusterId = identity.Value.ClusterId;
                cluster.ServiceId = identity.Value.ServiceId;
            });
            client.Services.AddOptions<ClientMessagingOptions>().Configure<IOptions<BackendOptions>>((messaging, backend) =>
                messaging.ResponseTimeout = backend.Value.CallTimeout);
        });

        // Orleans would hold up the start of the host until a silo is found; ClusterConnector starts its client instead.
        var client = builder.Services.Where(IsHostedService).Skip(before).Single();
        builder.Services.Remove(client);
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ClusterConnector>(provider, client.ImplementationFactory!(provider)));
        builder.Services.AddSingleton<IClientConnectionRetryFilter>(provider => provider.GetRequiredService<ClusterConnector>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ClusterConnector>());
    }

    private static bool IsHostedService(ServiceDescriptor service) => service.ServiceType == typeof(IHostedService);

    private sealed record GatewayBuilder(IServiceCollection Services, IConfiguration Configuration) : IGatewayBuilder;
}
