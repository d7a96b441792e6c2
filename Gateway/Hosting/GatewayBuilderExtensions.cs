using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Adapters;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Hosting;

/// <summary>Puts a gateway into a host.</summary>
public static class GatewayBuilderExtensions
{
    // What the rest of the process may take to stop: a silo that leaves its cluster, exporters that send their last metrics.
    private static readonly TimeSpan StopAfterDrain = TimeSpan.FromSeconds(20);

    /// <summary>Adds a gateway whose silos are other processes. Add its protocols to what is returned.</summary>
    public static IGatewayBuilder AddGateway(this IHostApplicationBuilder builder)
    {
        builder.AddClusterBackend();
        return builder.AddGatewayCore();
    }

    /// <summary>
    /// Adds a gateway to a process that is its own silo. The silo must have been added before: hosts start their services in that
    /// order, and the gateway's listeners accept at once.
    /// </summary>
    public static IGatewayBuilder AddEmbeddedGateway(this IHostApplicationBuilder builder)
    {
        builder.AddEmbeddedBackend();
        return builder.AddGatewayCore();
    }

    private static GatewayBuilder AddGatewayCore(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, DescriptorLimit>(_ => new DescriptorLimit());
        services.AddOptions<HostOptions>().Configure<IConfiguration>((host, configuration) =>
        {
            // Not through IOptions: the host asks for this while it is built, before the faults of the configuration are listed.
            var gateway = configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new();
            host.ShutdownTimeout = gateway.DrainWait + gateway.DrainTimeout + StopAfterDrain;
        });

        services.AddSingleton<IValidateOptions<GatewayOptions>, BufferMemory>(_ => new BufferMemory());
        services.AddSingleton(provider =>
        {
            // Not through IOptions: listeners are checked against it, and one fault must not be listed twice.
            var gateway = provider.GetRequiredService<IConfiguration>().GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new();
            var budget = new BufferMemory().Budget(gateway);
            provider.GetRequiredService<GatewayMetrics>().ObserveBuffers(() => (budget.UsedBytes, budget.LimitBytes));
            return budget;
        });

        services.AddSingleton<GatewayRun>();
        services.AddSingleton<GatewayMetrics>();
        services.AddOptions<QuotaOptions>().BindConfiguration(QuotaOptions.Section).ValidateOnStart();
        services.AddSingleton(provider =>
        {
            var quota = provider.GetRequiredService<IOptions<QuotaOptions>>().Value;
            var name = provider.GetRequiredService<IOptions<GatewayOptions>>().Value.EffectiveName;
            var pool = new PermitPool(ConnectionId.NewRun(), name, quota.EffectivePolicy, quota.Reserve);
            return new QuotaLimiter(pool, quota.Wait, provider.GetRequiredService<TimeProvider>());
        });
        services.AddHostedService<QuotaKeeper>();
        services.AddSingleton<ConnectionAdmission>();
        services.AddSingleton<CoarseClock>();
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<ConnectionLife>();
        services.AddSingleton<ConnectionRegistry>();
        services.AddHostedService(provider => provider.GetRequiredService<ConnectionRegistry>());
        services.AddSingleton<ListenerHost>();
        services.AddHostedService(provider => provider.GetRequiredService<ListenerHost>());
        services.AddSingleton<ReadinessCheck>();
        services.AddHostedService<GatewayFigures>();
        services.AddHostedService<GatewayBanner>();
        services.AddHealthChecks()
            .AddCheck<ReadinessCheck>("gateway", tags: ["ready"])
            .AddCheck<LivenessCheck>("listeners", tags: [ManagementOptions.LivenessTag]);
        return new GatewayBuilder(services);
    }

    private sealed record GatewayBuilder(IServiceCollection Services) : IGatewayBuilder;
}
