using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Backend;

/// <summary>Puts the backend into a host.</summary>
internal static class BackendBuilderExtensions
{
    /// <summary>The silos are other processes.</summary>
    public static void AddClusterBackend(this IHostApplicationBuilder builder)
    {
        AddBackend(builder.Services);
        builder.Services.AddOptions<ClusterBackendOptions>().BindConfiguration(BackendOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ClusterBackendOptions>, ClusterBackendOptionsValidator>();
        builder.Services.AddOptions<ClusterIdentityOptions>().BindConfiguration(ClusterIdentityOptions.Section).ValidateOnStart();
        var before = builder.Services.Count(IsHostedService);
        builder.UseOrleansClient(client =>
        {
            client.AddGatewayCountChangedHandler(provider =>
            {
                var reachability = provider.GetRequiredService<BackendReachability>();
                return (_, change) => reachability.Connected(change.NumberOfConnectedGateways);
            });
            client.UseStaticClustering(); // before the list: it sets an empty one
            client.Services.AddOptions<StaticGatewayListProviderOptions>().Configure<IOptions<ClusterBackendOptions>>((list, backend) =>
            {
                list.Gateways = [.. ClusterBackendOptionsValidator.ParseSilos(backend.Value.Silos).Select(silo => silo.ToGatewayUri())];
            });
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

    /// <summary>The silo is this process; it must have been added before.</summary>
    public static void AddEmbeddedBackend(this IHostApplicationBuilder builder)
    {
        AddBackend(builder.Services);
        builder.Services.AddHostedService<EmbeddedBackendStart>();
    }

    private static void AddBackend(IServiceCollection services)
    {
        services.AddOptions<BackendOptions>().BindConfiguration(BackendOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BackendOptions>, BackendOptionsValidator>();
        services.AddSingleton<BackendReachability>();
        services.AddSingleton<IBackend, OrleansBackend>();
    }

    private static bool IsHostedService(ServiceDescriptor service) => service.ServiceType == typeof(IHostedService);
}
