using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansEcho.Gateway.Hosting;

/// <summary>Live means: each listener still accepts, or will. One whose loop has ended comes back with a new process only.</summary>
internal sealed class LivenessCheck(ListenerHost host) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failures = host.Listeners.Select(l => l.Failure).OfType<string>().ToList();
        return Task.FromResult(failures.Count is 0 ? HealthCheckResult.Healthy("Every listener accepts.") : HealthCheckResult.Unhealthy(string.Join(' ', failures)));
    }
}
