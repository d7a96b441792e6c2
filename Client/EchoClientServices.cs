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
        services.TryAddSingleton(static provider => Make(provider, Options.DefaultName));
        return AddOptions(services, Options.DefaultName, configure);
    }

    /// <summary>
    /// Adds one of several pools, as a keyed singleton: <c>[FromKeyedServices("orders")] EchoClientPool pool</c>. Each has its own options, and
    /// the key is its <see cref="EchoClientPoolOptions.Name"/> unless they set another: what metrics and logs call it.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="key">The pool's key, and the name of its options: not empty.</param>
    /// <param name="configure">Sets the options; <see cref="EchoClientPoolOptions.Gateways"/> has no default.</param>
    /// <returns>The options, to bind them to a configuration, say.</returns>
    public static OptionsBuilder<EchoClientPoolOptions> AddKeyedEchoClientPool(this IServiceCollection services, string key, Action<EchoClientPoolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        services.TryAddKeyedSingleton(key, (provider, _) => Make(provider, key));
        services.Configure<EchoClientPoolOptions>(key, options => options.Name = key);
        return AddOptions(services, key, configure);
    }

    private static OptionsBuilder<EchoClientPoolOptions> AddOptions(IServiceCollection services, string name, Action<EchoClientPoolOptions>? configure)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EchoClientPoolOptions>, EchoClientPoolOptionsValidator>());
        var options = services.AddOptions<EchoClientPoolOptions>(name).ValidateOnStart();
        return configure is null ? options : options.Configure(configure);
    }

    private static EchoClientPool Make(IServiceProvider provider, string name) => new(
        provider.GetRequiredService<IOptionsMonitor<EchoClientPoolOptions>>().Get(name),
        provider.GetService<TimeProvider>(),
        provider.GetService<IMeterFactory>(),
        provider.GetService<ILogger<EchoClientPool>>());
}
