using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>Puts TLS inside the cluster into a program.</summary>
public static class TlsServices
{
    /// <summary>Adds it, with its files checked at the start and watched from then on.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="role">Whose certificate the program has.</param>
    public static IServiceCollection AddClusterTls(this IServiceCollection services, CertificateRole role)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ClusterTlsOptions>().BindConfiguration(ClusterTlsOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClusterTlsOptions>>(provider => new ClusterTlsOptionsValidator(role, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CertificateWatch(
            provider.GetRequiredService<IOptions<ClusterTlsOptions>>(),
            role,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CertificateWatch>>()));
        services.AddHostedService(provider => provider.GetRequiredService<CertificateWatch>());
        services.AddHostedService<CertificateMetrics>();
        services.AddSingleton<TlsFaultLog>();
        services.AddSingleton(provider => new ClusterTls(
            provider.GetRequiredService<CertificateWatch>(), provider.GetRequiredService<TlsFaultLog>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
