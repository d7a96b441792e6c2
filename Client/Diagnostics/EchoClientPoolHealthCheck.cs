using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansEcho.Client.Pooling;

namespace OrleansEcho.Client.Diagnostics;

/// <summary>
/// Whether a caller of a pool can expect a connection. It sends nothing: it tells what the pool has found out, so that a pool that was never
/// used and has a <see cref="EchoClientPoolOptions.MinimumSize"/> of 0 is taken for healthy. Degraded while a gateway is left alone.
/// </summary>
/// <param name="pool">The pool.</param>
public sealed class EchoClientPoolHealthCheck(EchoClientPool pool) : IHealthCheck
{
    /// <summary>The name of a registration that is given none.</summary>
    public const string DefaultName = "echo";

    /// <summary>What to give to <c>AddHealthChecks().Add(…)</c>.</summary>
    /// <param name="name">The check's name.</param>
    /// <param name="key">The key of a pool of <see cref="EchoClientServices.AddKeyedEchoClientPool"/>; the host's one pool when null.</param>
    /// <param name="failureStatus">What to report when no connection can be expected; <see cref="HealthStatus.Unhealthy"/> when null.</param>
    /// <param name="tags">The check's tags.</param>
    public static HealthCheckRegistration Registration(string name = DefaultName, string? key = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null) =>
        new(name, provider => new EchoClientPoolHealthCheck(provider.GetRequiredKeyedService<EchoClientPool>(key)), failureStatus, tags);

    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var now = pool.ReadStatistics();
        var failing = now.Gateways.Where(static gateway => gateway.Failures > 0).ToList();
        var faults = string.Concat(failing.Select(static gateway => $" {gateway.Gateway}: {gateway.LastFault}"));
        var data = new Dictionary<string, object>
        {
            ["leased"] = now.Leased,
            ["idle"] = now.Idle,
            ["waiting"] = now.Waiting,
            ["gateways"] = now.Gateways.Count,
            ["gateways.failing"] = failing.Count,
        };
        return Task.FromResult(now switch
        {
            { IsClosed: true } => new HealthCheckResult(context.Registration.FailureStatus, "The pool was disposed of.", data: data),
            { IsHealthy: false, Gateways: [] } => new HealthCheckResult(context.Registration.FailureStatus, "No gateway's name is resolved.", data: data),
            { IsHealthy: false } => new HealthCheckResult(context.Registration.FailureStatus, $"No gateway can be used.{faults}", data: data),
            _ when failing.Count > 0 => HealthCheckResult.Degraded(
                string.Create(CultureInfo.InvariantCulture, $"{failing.Count} of {now.Gateways.Count} gateways cannot be connected to.{faults}"), data: data),
            _ => HealthCheckResult.Healthy(string.Create(CultureInfo.InvariantCulture, $"{now.Leased} connections are leased, {now.Idle} idle."), data),
        });
    }
}
