using Microsoft.Extensions.Hosting;
using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;

namespace OrleansEcho.Silo.Quota;

/// <summary>Brings the series of the cluster's quota into being with the silo, and not with the first grain of the quota in it.</summary>
internal sealed class QuotaMetricsStart(QuotaMetrics metrics) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Begin(IConnectionQuotaGrain.ClusterScope);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
