using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Membership;
using OrleansEcho.ServiceDefaults.Stores;
using OrleansEcho.ServiceDefaults.Tls;

namespace OrleansEcho.Gateway.Backend;

/// <summary>Puts the backend into a host.</summary>
internal static class BackendBuilderExtensions
{
    /// <summary>The silos are other processes.</summary>
    public static void AddClusterBackend(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        AddBackend(services);
        services.AddOptions<ClusterBackendOptions>().BindConfiguration(BackendOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClusterBackendOptions>, ClusterBackendOptionsValidator>();
        services.AddSingleton<IValidateOptions<ClusterBackendOptions>, SiloSourceValidator>();
        services.AddClusterOptions();
        services.AddClusterTls(CertificateRole.Gateway);
        AddSiloDirectory(services, MembershipOptions.Of(builder.Configuration).IsShared);
        services.AddSingleton<Func<IPEndPoint, ISiloClient>>(provider => silo => new SiloClient(
            silo,
            provider.GetRequiredService<IOptions<ClusterIdentityOptions>>().Value,
            provider.GetRequiredService<IOptions<BackendOptions>>().Value,
            provider.GetRequiredService<ClusterTls>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService<SiloLinkKeeper>();
    }

    /// <summary>The silo is this process; it must have been added before.</summary>
    public static void AddEmbeddedBackend(this IHostApplicationBuilder builder)
    {
        AddBackend(builder.Services);
        builder.Services.AddHostedService<EmbeddedBackendStart>();
    }

    private static void AddSiloDirectory(IServiceCollection services, bool isInStore)
    {
        if (!isInStore)
        {
            services.AddSingleton<ISiloDirectory, StaticSiloDirectory>();
            return;
        }

        services.AddSingleton<StoreMetrics>();
        services.AddSingleton<ISiloList, MembershipList>();
        services.AddSingleton<MembershipSiloDirectory>();
        services.AddSingleton<ISiloDirectory>(provider => provider.GetRequiredService<MembershipSiloDirectory>());
        services.AddHostedService(provider => provider.GetRequiredService<MembershipSiloDirectory>());
    }

    private static void AddBackend(IServiceCollection services)
    {
        services.AddOptions<BackendOptions>().BindConfiguration(BackendOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BackendOptions>, BackendOptionsValidator>();
        services.AddSingleton<BackendReachability>();
        services.AddSingleton<SiloLinks>();
        services.AddSingleton<IBackend, OrleansBackend>();
    }
}
