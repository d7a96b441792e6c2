using System.Threading.RateLimiting;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Admission;

/// <summary>The answer to a connection that wants to begin: a right that lasts until it is disposed of, or the reason why there is none.</summary>
internal sealed class AdmissionDecision : IDisposable
{
    private RateLimitLease? _lease;

    public AdmissionDecision(RateLimitLease lease) => _lease = lease;

    public AdmissionDecision(RejectReason rejection) => Rejection = rejection;

    /// <summary>Why the connection is refused; null when it is admitted.</summary>
    public RejectReason? Rejection { get; }

    /// <summary>Gives the right back. Harmless to repeat.</summary>
    public void Dispose() => Interlocked.Exchange(ref _lease, null)?.Dispose();
}
