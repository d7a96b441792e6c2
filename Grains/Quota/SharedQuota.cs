namespace OrleansEcho.Grains.Quota;

/// <summary>Another cluster that lends permits of the same limit.</summary>
/// <param name="Cluster">Its name (<c>Cluster:ClusterId</c>).</param>
/// <param name="TheirLimit">The limit that is configured there; null for none.</param>
/// <param name="OwnLimit">The limit that is configured here; null for none.</param>
/// <param name="Limit">The limit that holds for both; null for none.</param>
internal sealed record SharedQuota(string Cluster, int? TheirLimit, int? OwnLimit, int? Limit)
{
    /// <summary>It has been running without a limit, and does not look into the store again before its silos are restarted.</summary>
    public bool CountsNobody { get; init; }
}
