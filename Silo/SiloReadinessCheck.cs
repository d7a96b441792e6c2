using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansEcho.Silo;

/// <summary>Ready means: the silo is an active member of its cluster. No grain is called: a busy silo is still a ready one.</summary>
internal sealed class SiloReadinessCheck(ISiloStatusOracle oracle) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = oracle.CurrentStatus;
        return Task.FromResult(status is SiloStatus.Active
            ? HealthCheckResult.Healthy("The silo is active.")
            : HealthCheckResult.Unhealthy($"The silo is {status}."));
    }
}
