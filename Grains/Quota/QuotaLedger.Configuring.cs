namespace OrleansEcho.Grains.Quota;

/// <content>Which limit holds: the one in the store, unless the configuration has changed since.</content>
internal sealed partial class QuotaLedger
{
    // A service has two while one replaces the other.
    private const int MostClusters = 8;

    private List<ClusterLimit>? _clusters; // null where the cluster has no name
    private int? _configuredLimit;
    private bool _isConfigured;

    private void AdoptLimit(QuotaRecord? found)
    {
        (_limit, _version, _configuredLimit) = found is null
            ? (terms.Limit, 1, terms.Limit) : (found.Limit, found.Version, found.ConfiguredLimit);

        // Until it is written, and never again: clusters that share a quota and are configured differently
        // would else change it with each write.
        if (found is not null && !_isConfigured && IsNews(found))
        {
            (_limit, _version, _configuredLimit) = (terms.Limit, _version + 1, terms.Limit);
        }

        if (terms.Cluster is not { } own) return;
        var others = found?.Clusters?.Where(cluster => cluster.Cluster != own) ?? [];
        _clusters = [new(own, terms.Limit), .. others.Take(MostClusters - 1)];
        if (found is null || !IsOfAnotherCluster(found)) return;
        var theirs = _clusters.Find(cluster => cluster.Cluster == found.Cluster);
        var theirLimit = theirs is null ? found.ConfiguredLimit : theirs.Limit;
        SharedWith = new(found.Cluster!, theirLimit, terms.Limit, _limit) { CountsNobody = found.Limit is null };
    }

    /// <summary>
    /// Whether this cluster has another limit in its configuration than when it was last looked at: each activation would else change what
    /// another cluster has configured since. One that never had a limit, and finds another cluster's, keeps that: it has no word on it.
    /// </summary>
    private bool IsNews(QuotaRecord found)
    {
        if (found.ConfiguredLimit == terms.Limit) return false; // and if the limit is another, an operator has changed it
        var before = found.Clusters?.Find(cluster => cluster.Cluster == terms.Cluster);
        if (before is not null) return before.Limit != terms.Limit;
        return terms.Limit is not null || !IsOfAnotherCluster(found);
    }
}
