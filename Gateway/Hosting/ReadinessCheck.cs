using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Hosting;

/// <summary>
/// Ready means that an echo would come back: not draining, a silo answers, the quota has answered and lends (a full cluster is ready), and
/// each listener accepts a connection from this process.
/// </summary>
internal sealed class ReadinessCheck(ConnectionAdmission admission, QuotaLimiter quota, IBackend backend, ListenerHost host, TimeProvider time) : IHealthCheck
{
    // A probe that takes longer than this is no good news for anybody, and orchestrators ask every few seconds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await FindObstacleAsync(cancellationToken) is { } obstacle
            ? HealthCheckResult.Unhealthy(obstacle)
            : HealthCheckResult.Healthy("A silo answers and every listener accepts.");

    /// <summary>What keeps an echo from coming back, as a sentence; null when it would.</summary>
    public async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        if (admission.IsDraining) return "The gateway is draining.";
        if (!backend.IsReachable) return "No silo can be reached.";
        if (!quota.IsLimitKnown) return "The quota has not said yet whether there is a limit.";
        if (quota.IsCutOff) return $"The quota lends nothing: {Explain(quota.State.Denial)}.";
        using var limit = new CancellationTokenSource(Limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var faults = new List<string>();
        if (host.Listeners.Count is 0) faults.Add("No listener is bound yet.");
        await Task.WhenAll(host.Listeners.Select(l => TryAsync($"Listener {l.Name} on {l.Address}", "did not accept", l.ProbeAsync)));
        return faults.Count is 0 ? null : string.Join(' ', faults);

        static string Explain(QuotaDenial denial) => denial is QuotaDenial.None ? "it does not answer" : $"{denial}";

        async Task TryAsync(string what, string failure, Func<CancellationToken, Task> probe)
        {
            try
            {
                await probe(stop.Token);
            }
            catch (Exception fault) when (fault is IOException or OperationCanceledException)
            {
                lock (faults) faults.Add($"{what} {failure} within {Limit.TotalSeconds} s.");
            }
        }
    }
}
