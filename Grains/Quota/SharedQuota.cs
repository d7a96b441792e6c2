namespace OrleansEcho.Grains.Quota;

/// <summary>Another cluster that lends permits of the same limit.</summary>
/// <param name="Cluster">Its name (<c>Cluster:ClusterId</c>).</param>
/// <param name="ConfiguredLimit">The limit that was configured last, here or there; null for none.</param>
/// <param name="OwnLimit">The limit that is configured here; null for none.</param>
internal sealed record SharedQuota(string Cluster, int? ConfiguredLimit, int? OwnLimit);
