using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansEcho.Grains.Quota;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Membership;
using OrleansEcho.Silo.Storage;

namespace OrleansEcho.Silo.Quota;

/// <summary>Puts the quota's terms into a silo.</summary>
internal static class QuotaBuilderExtensions
{
    public static void AddQuota(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<QuotaLimitOptions>().BindConfiguration(QuotaLimitOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<QuotaLimitOptions>, QuotaLimitOptionsValidator>();
        builder.Services.AddSingleton<QuotaMetrics>();
        builder.Services.AddSingleton<StoreFaultLog>();
        builder.Services.AddHostedService<QuotaMetricsStart>();
        builder.Services.AddSingleton(provider =>
        {
            var quota = provider.GetRequiredService<IOptions<QuotaLimitOptions>>().Value;

            // A silo without others and without a port for gateways serves none but that in its own process: what its memory has lost,
            // nobody holds.
            var isAlone = provider.GetRequiredService<SiloPorts>().Gateway is null
                && !provider.GetRequiredService<IOptions<MembershipOptions>>().Value.IsShared
                && provider.GetRequiredService<IOptions<StorageOptions>>().Value.Is(StorageOptions.Memory);
            return new QuotaTerms
            {
                Limit = quota.Limit,
                Cluster = provider.GetRequiredService<IOptions<ClusterIdentityOptions>>().Value.ClusterId,
                Lease = TimeSpan.FromSeconds(quota.LeaseSeconds),
                Renew = TimeSpan.FromSeconds(quota.RenewSeconds),
                ClosesNewest = quota.WhenLowered.Equals("close-newest", StringComparison.OrdinalIgnoreCase),
                MayHaveForgotten = !isAlone,
            };
        });
    }
}
