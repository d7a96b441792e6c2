using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Admission;

/// <summary>Decides whether a connection may begin: in this process, then in the whole cluster. The cheapest question comes first.</summary>
internal sealed class ConnectionAdmission(IBackend backend, QuotaLimiter quota, IOptions<GatewayOptions> options) : IDisposable
{
    private readonly ConcurrencyLimiter _connections = new(new() { PermitLimit = options.Value.MaxConnections, QueueLimit = 0 });
    private volatile bool _draining;

    /// <summary>Whether connections are refused because the gateway stops.</summary>
    public bool IsDraining => _draining;

    /// <summary>From now on every connection is refused with <see cref="RejectReason.Draining"/>.</summary>
    public void Drain() => _draining = true;

    /// <summary>Which connections the quota wants closed now.</summary>
    public QuotaDemand CheckQuota() => quota.Tick();

    /// <summary>Admits a connection until the decision is disposed of, or says why not. It may wait for a permit (<see cref="QuotaOptions.WaitSeconds"/>).</summary>
    /// <exception cref="OperationCanceledException">The connection was given up while it waited.</exception>
    public async ValueTask<AdmissionDecision> AdmitAsync(CancellationToken cancellationToken)
    {
        if (_draining) return new(RejectReason.Draining);
        if (!backend.IsReachable) return new(RejectReason.BackendUnavailable);
        var place = _connections.AttemptAcquire();
        if (!place.IsAcquired)
        {
            place.Dispose();
            return new(RejectReason.TooManyConnections);
        }

        try
        {
            var permit = await quota.AcquireAsync(1, cancellationToken);
            if (permit is PermitLease taken) return new(place, taken);
            place.Dispose();
            return new(_draining ? RejectReason.Draining : ((PermitRefusal)permit).Reason);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    public void Dispose() => _connections.Dispose();
}
