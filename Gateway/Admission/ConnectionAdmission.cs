using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Admission;

/// <summary>Decides whether a connection may begin, in this process. The cheapest question comes first.</summary>
internal sealed class ConnectionAdmission(IBackend backend, IOptions<GatewayOptions> options) : IDisposable
{
    private readonly ConcurrencyLimiter _connections = new(new() { PermitLimit = options.Value.MaxConnections, QueueLimit = 0 });
    private volatile bool _draining;

    /// <summary>Whether connections are refused because the gateway stops.</summary>
    public bool IsDraining => _draining;

    /// <summary>From now on every connection is refused with <see cref="RejectReason.Draining"/>.</summary>
    public void Drain() => _draining = true;

    /// <summary>Admits a connection until the decision is disposed of, or says why not.</summary>
    public AdmissionDecision Admit()
    {
        if (_draining) return new(RejectReason.Draining);
        if (!backend.IsReachable) return new(RejectReason.BackendUnavailable);
        var lease = _connections.AttemptAcquire();
        if (lease.IsAcquired) return new(lease);
        lease.Dispose();
        return new(RejectReason.TooManyConnections);
    }

    public void Dispose() => _connections.Dispose();
}
