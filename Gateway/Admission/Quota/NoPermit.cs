using System.Threading.RateLimiting;

namespace OrleansEcho.Gateway.Admission.Quota;

/// <summary>What who asks for no permit gets, while there are some: there is nothing to give back.</summary>
internal sealed class NoPermit : RateLimitLease
{
    public override bool IsAcquired => true;

    public override IEnumerable<string> MetadataNames => [];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = null;
        return false;
    }
}
