using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansEcho.ServiceDefaults.Listening;

namespace OrleansEcho.ServiceDefaults.Transport;

/// <summary>
/// Puts our own sockets below Orleans' connections (docs/adr/0015-our-own-sockets-below-orleans.md). The bytes on the wire are the same: either end may have them.
/// </summary>
public static class ClusterTransport
{
    /// <summary>Replaces what Orleans connects and listens with. To be called when Orleans' own services have been added.</summary>
    /// <exception cref="InvalidOperationException">Orleans registers nothing of the kind: another version of it does it in another way.</exception>
    public static IServiceCollection UseClusterTransport(this IServiceCollection services)
    {
        var replaced = 0;
        for (var i = 0; i < services.Count; i++)
        {
            // Orleans' keys for them are its own secret, so they are taken over from what they stand for.
            var (type, key) = (services[i].ServiceType, services[i].ServiceKey);
            if (key is null) continue;
            if (type == typeof(IConnectionFactory)) services[i] = ServiceDescriptor.KeyedSingleton<IConnectionFactory>(key, static (_, _) => new ClusterConnector());
            else if (type == typeof(IConnectionListenerFactory)) services[i] = ServiceDescriptor.KeyedSingleton<IConnectionListenerFactory>(key, static (provider, _) => Listeners(provider));
            else continue;
            replaced++;
        }

        return replaced > 0 ? services : throw new InvalidOperationException("Orleans' connections are not where they were: ClusterTransport has to be made to fit this version.");
    }
    private static ClusterListenerFactory Listeners(IServiceProvider services) =>
        new(DescriptorReserve.OfInfrastructure, TimeProvider.System, services.GetRequiredService<ILoggerFactory>());
}
