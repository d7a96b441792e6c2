namespace OrleansEcho.Grains.Quota;

/// <summary>What the store keeps of a quota: enough for the next activation to know everything that may still be on loan.</summary>
/// <remarks>
/// The store keeps it as JSON, by the names of the types and their members: a silo of the last release finds nothing under another name. It
/// drops what it does not know when it writes, so that a new member has to say by its default that nobody knows.
/// </remarks>
[GenerateSerializer]
[Alias("echo.QuotaRecord")]
internal sealed record QuotaRecord
{
    /// <summary>Which activation wrote it: one more with each that starts.</summary>
    [Id(0)]
    public long Epoch { get; init; }

    /// <summary>The activation that wrote it, by a name that no other ever has.</summary>
    [Id(1)]
    public string Writer { get; init; } = "";

    /// <summary>The limit; null for none.</summary>
    [Id(2)]
    public int? Limit { get; init; }

    /// <summary>The limit that was configured last, in whichever cluster: when the limit is another, an operator has changed it.</summary>
    [Id(3)]
    public int? ConfiguredLimit { get; init; }

    /// <summary>The limit's version.</summary>
    [Id(4)]
    public long Version { get; init; }

    /// <summary>Whether all that is on loan is in here; false while it is being relearned.</summary>
    [Id(5)]
    public bool IsComplete { get; init; }

    /// <summary>Who holds what.</summary>
    [Id(6)]
    public List<HolderRecord> Holders { get; init; } = [];

    /// <summary>The cluster (<c>Cluster:ClusterId</c>) that wrote it; null when it is not known.</summary>
    [Id(7)]
    public string? Cluster { get; init; }

    /// <summary>For how long it was still to be relearned when it was written; null for a whole lease from when it is read.</summary>
    [Id(8)]
    public TimeSpan? IncompleteFor { get; init; }

    /// <summary>Which wait that is: whoever has seen more of it pass counts by its own clock.</summary>
    [Id(9)]
    public string? Relearning { get; init; }

    /// <summary>
    /// What each of the clusters that share the quota has configured, the one that wrote this first; null when it is not known.
    /// </summary>
    [Id(10)]
    public List<ClusterLimit>? Clusters { get; init; }
}

/// <summary>What one cluster has configured.</summary>
/// <param name="Cluster">Its name (<c>Cluster:ClusterId</c>).</param>
/// <param name="Limit">Its limit; null for none.</param>
[GenerateSerializer]
[Immutable]
[Alias("echo.ClusterLimit")]
internal sealed record ClusterLimit([property: Id(0)] string Cluster, [property: Id(1)] int? Limit);

/// <summary>What is stored of one holder.</summary>
/// <param name="Holder">Its run.</param>
/// <param name="Gateway">Its name.</param>
/// <param name="Leased">The most that it may hold.</param>
/// <param name="LastNumber">The number of the request that it was lent this for, or a later one.</param>
/// <param name="Lease">The longest lease that it may have: a later configuration may have a shorter one.</param>
[GenerateSerializer]
[Immutable]
[Alias("echo.HolderRecord")]
internal sealed record HolderRecord(
    [property: Id(0)] string Holder,
    [property: Id(1)] string Gateway,
    [property: Id(2)] int Leased,
    [property: Id(3)] long LastNumber,
    [property: Id(4)] TimeSpan Lease)
{
    /// <summary>
    /// When its lease has ended on every clock, from when it was written on; null for a whole lease from when it is read: its
    /// quota may renew it without the store.
    /// </summary>
    [Id(5)]
    public TimeSpan? EndsIn { get; init; }

    /// <summary>Permits with a connection, when it reported last; null when it is not known.</summary>
    [Id(6)]
    public int? InUse { get; init; }

    /// <summary>Permits that it needed and did not get.</summary>
    [Id(7)]
    public int Shortage { get; init; }
}
