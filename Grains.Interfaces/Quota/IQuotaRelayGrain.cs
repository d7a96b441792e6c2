namespace OrleansEcho.Grains.Interfaces.Quota;

/// <summary>
/// Another way to a quota: a gateway's calls to one grain always enter the cluster by the same silo, and when that one is frozen, by none.
/// A relay with any other key is entered by another.
/// </summary>
[Alias("echo.IQuotaRelayGrain")]
public interface IQuotaRelayGrain : IGrainWithIntegerKey
{
    /// <summary>Passes a request on to the quota of a scope, and its reply back (<see cref="IConnectionQuotaGrain.LeaseAsync"/>).</summary>
    [Alias("Lease")]
    ValueTask<LeaseReply> LeaseAsync(string scope, LeaseRequest request);
}
