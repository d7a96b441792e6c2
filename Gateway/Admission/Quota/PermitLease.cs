using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace OrleansEcho.Gateway.Admission.Quota;

/// <summary>
/// Permits of one generation: everybody who takes one gets this same object, so that taking one allocates nothing. So each taker must
/// dispose of it exactly once (<see cref="AdmissionDecision"/> sees to it).
/// </summary>
internal sealed class PermitLease(QuotaLimiter limiter, int generation) : RateLimitLease
{
    public int Generation => generation;

    public override bool IsAcquired => true;

    public override IEnumerable<string> MetadataNames => [];

    /// <summary>Whether its connection must not go on: the lease behind it has ended.</summary>
    public bool IsVoid => limiter.IsVoid(generation);

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = null;
        return false;
    }

    [SuppressMessage("Usage", "CA2215:Dispose methods should call base class dispose", Justification = "The base has nothing to dispose of, and this object lives on for the other takers.")]
    protected override void Dispose(bool disposing) => limiter.Release(generation);
}
