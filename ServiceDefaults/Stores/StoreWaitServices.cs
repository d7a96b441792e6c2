using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrleansEcho.ServiceDefaults.Stores;

/// <summary>Puts what waits for stores into a program.</summary>
public static class StoreWaitServices
{
    /// <summary>Adds it once.</summary>
    public static void AddStoreWait(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StartInterruption>();
        services.TryAddSingleton<StoreWait>();
    }
}
