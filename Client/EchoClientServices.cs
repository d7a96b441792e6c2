using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansEcho.Client.Pooling;

namespace OrleansEcho.Client;

/// <summary>Adds the client to a host.</summary>
public static class EchoClientServices
{
    /// <summary>
    /// Adds an <see cref="EchoClientPool"/> as a singleton, with the host's <see cref="TimeProvider"/>, meters and logs where it has them.
    /// Wrong options stop the host's start, all faults at once.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options; <see cref="EchoClientPoolOptions.Gateways"/> has no default.</param>
    /// <returns>The options, to bind them to a configuration, say.</returns>
    public static OptionsBuilder<EchoClientPoolOptions> AddEchoClientPool(this IServiceCollection services, Action<EchoClientPoolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EchoClientPoolOptions>, EchoClientPoolOptionsValidator>());
        services.TryAddSingleton(static provider => new EchoClientPool(
            provider.GetRequiredService<IOptions<EchoClientPoolOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<IMeterFactory>(),
            provider.GetService<ILogger<EchoClientPool>>()));
        var options = services.AddOptions<EchoClientPoolOptions>().ValidateOnStart();
        return configure is null ? options : options.Configure(configure);
    }
}
