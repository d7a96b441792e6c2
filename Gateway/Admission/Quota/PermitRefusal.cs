using System.Threading.RateLimiting;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Admission.Quota;

/// <summary>No permit, and why.</summary>
internal sealed class PermitRefusal(RejectReason reason) : RateLimitLease
{
    public RejectReason Reason => reason;

    public override bool IsAcquired => false;

    public override IEnumerable<string> MetadataNames => [MetadataName.ReasonPhrase.Name];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = metadataName == MetadataName.ReasonPhrase.Name ? reason.ToString() : null;
        return metadata is not null;
    }
}
