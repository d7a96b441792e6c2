using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansEcho.Silo.Membership;

namespace OrleansEcho.Silo;

/// <summary>Ready means: the silo is an active member of its cluster, and others can find it. No grain is called: a busy silo is still a ready one.</summary>
internal sealed class SiloReadinessCheck(ISiloStatusOracle oracle, KeptMembershipTable? list = null) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = oracle.CurrentStatus;
        return Task.FromResult(status is not SiloStatus.Active
            ? HealthCheckResult.Unhealthy($"The silo is {status}.")
            : list is { IsMissing: true }
                ? HealthCheckResult.Unhealthy("The silo is not in the list of silos, and could not write itself into it yet: nobody who starts finds it.")
                : HealthCheckResult.Healthy("The silo is active."));
    }
}
