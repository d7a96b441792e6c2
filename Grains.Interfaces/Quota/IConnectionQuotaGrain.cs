namespace OrleansEcho.Grains.Interfaces.Quota;

/// <summary>
/// The ceiling on the connections of a whole cluster, keyed by its scope: <see cref="ClusterScope"/>, and room for others such as tenants.
/// It lends permits to gateways for a time (docs/quota.md).
/// </summary>
[Alias("echo.IConnectionQuotaGrain")]
public interface IConnectionQuotaGrain : IGrainWithStringKey
{
    /// <summary>The scope that every connection of the cluster counts in.</summary>
    const string ClusterScope = "cluster";

    /// <summary>Renews, raises and lowers what a gateway holds. The same request again has the same answer and changes nothing.</summary>
    /// <exception cref="ArgumentException">The request contradicts itself; nothing has changed.</exception>
    [Alias("Lease")]
    ValueTask<LeaseReply> LeaseAsync(LeaseRequest request);

    /// <summary>
    /// Sets the limit while connections are open. Raised, it holds at once; lowered below what is lent, nothing new is lent until enough
    /// has come back.
    /// </summary>
    /// <param name="limit">How many connections the scope may hold: 1 or more.</param>
    /// <param name="expectedVersion">The version that the caller has seen (<see cref="QuotaSnapshot.Version"/>).</param>
    /// <returns>The outcome, with the limit and the version that are in force now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is zero or negative; nothing has changed.</exception>
    [Alias("SetLimit")]
    ValueTask<SetLimitReply> SetLimitAsync(int limit, long expectedVersion);

    /// <summary>Who holds what, as the grain knows it now.</summary>
    [Alias("GetSnapshot")]
    ValueTask<QuotaSnapshot> GetSnapshotAsync();
}
