using Microsoft.Extensions.DependencyInjection;
using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Grains.Lanes;

/// <summary>Puts what connections' grains and lanes share into a silo.</summary>
public static class LaneServices
{
    /// <summary>Adds the table of the silo's grains, and lanes for a gateway in the same process.</summary>
    public static IServiceCollection AddLanes(this IServiceCollection services) =>
        services.AddSingleton<LocalConnections>().AddSingleton<ILocalLanes, LocalLanes>();
}
