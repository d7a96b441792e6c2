using System.Threading.RateLimiting;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Admission;

/// <summary>The answer to a connection that wants to begin: a right that lasts until it is disposed of, or the reason why there is none.</summary>
internal sealed class AdmissionDecision : IDisposable
{
    private readonly PermitLease? _permit;
    private RateLimitLease? _place;

    /// <summary>Admits.</summary>
    /// <param name="place">A place in this process.</param>
    /// <param name="permit">A permit of the cluster's quota.</param>
    public AdmissionDecision(RateLimitLease place, PermitLease permit) => (_place, _permit) = (place, permit);

    /// <summary>Refuses.</summary>
    public AdmissionDecision(RejectReason rejection) => Rejection = rejection;

    /// <summary>Why the connection is refused; null when it is admitted.</summary>
    public RejectReason? Rejection { get; }

    /// <summary>The generation of its permit (<see cref="QuotaDemand"/>).</summary>
    public int Generation => _permit?.Generation ?? 0;

    /// <summary>Whether the connection must not send another byte: the cluster may have lent its permit to somebody else.</summary>
    public bool IsVoid => _permit is { IsVoid: true };

    /// <summary>Gives the right back. Harmless to repeat.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _place, null) is not { } place) return;
        place.Dispose();
        _permit!.Dispose();
    }
}
