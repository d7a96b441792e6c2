using Microsoft.Extensions.DependencyInjection;

namespace OrleansEcho.Grains.LoadTests;

/// <summary>Puts what load sessions share into a silo.</summary>
public static class LoadSessionServices
{
    /// <summary>Adds the bounds of their memory and of their number.</summary>
    public static IServiceCollection AddLoadSessions(this IServiceCollection services) => services.AddSingleton<LoadSessionMemory>().AddSingleton<LoadSessionPlaces>();
}
