using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>Makes Orleans clients that are not the host's own: a gateway has several, and they come and go.</summary>
internal static class OrleansClient
{
    /// <summary>The services of one that has not been started. Who makes it disposes of it.</summary>
    public static ServiceProvider Make(ClusterIdentityOptions identity, ILoggerFactory logging, Action<IClientBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton(logging);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddOptions();
        services.AddMetrics();
        services.AddOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (identity.ClusterId, identity.ServiceId));
            configure(client);
        });
        return services.BuildServiceProvider();
    }
}
