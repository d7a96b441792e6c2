using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Diagnostics;

namespace OrleansEcho.Gateway.Hosting;

/// <summary>Lets the metrics tell of the gateway as a whole, from its start on.</summary>
internal sealed class GatewayFigures(GatewayMetrics metrics, ConnectionAdmission admission, ConnectionRegistry registry, IOptions<GatewayOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.ObserveGateway(options.Value.MaxConnections, () => admission.IsDraining, () => registry.Overdue);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
