namespace OrleansEcho.Silo.Membership;

/// <summary>
/// Tells a silo's own rows from those of others. The whole list has one version, so that silos that start together take it away from each
/// other: Orleans then waits for two to four seconds before it writes a row of its own again, and longer each time. That an earlier run of the
/// same silo is dead it does not write again for a minute, in which nobody can join, because all ask that run whether it lives, and its
/// successor's refusal counts as a sign of life. What concerns nobody else is written again at once here.
/// </summary>
/// <param name="inner">The list.</param>
/// <param name="self">This silo.</param>
/// <param name="time">For the pauses.</param>
internal sealed class ContendedMembershipTable(IMembershipTable inner, SiloAddress self, TimeProvider time) : DelegatingMembershipTable(inner)
{
    // A hundred silos that start at once write for a second or two; then Orleans' own pauses are better.
    private const int MostTries = 50;

    // A write takes a millisecond or two: who comes back at another time than the others gets through.
    private const int LongestPauseMilliseconds = 50;

    public override async Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken)
    {
        if (await Inner.InsertRowAsync(entry, tableVersion, cancellationToken)) return true;
        for (var tries = 1; tries < MostTries; tries++)
        {
            var table = await ReadLaterAsync(entry, cancellationToken);
            if (table.TryGet(entry.SiloAddress) is not null) return false;
            if (await Inner.InsertRowAsync(entry, table.Version.Next(), cancellationToken)) return true;
        }

        return false;
    }

    public override async Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken)
    {
        if (await Inner.UpdateRowAsync(entry, etag, tableVersion, cancellationToken)) return true;
        for (var tries = 1; tries < MostTries; tries++)
        {
            if (!entry.SiloAddress.Endpoint.Equals(self.Endpoint)) return false;
            var table = await ReadLaterAsync(entry, cancellationToken);
            if (table.TryGet(entry.SiloAddress) is not { } found || !MayReplace(found.Item1, entry)) return false;
            if (await Inner.UpdateRowAsync(entry, found.Item2, table.Version.Next(), cancellationToken)) return true;
        }

        return false;
    }

    /// <summary>Whether nobody has said anything in between that the writer ought to know: that a silo is dead, or may be.</summary>
    private bool MayReplace(MembershipEntry found, MembershipEntry entry) => found.Status is not SiloStatus.Dead && (entry.SiloAddress.Equals(self)
        ? (found.SuspectTimes?.Count ?? 0) == (entry.SuspectTimes?.Count ?? 0)
        : entry.Status is SiloStatus.Dead);

    private async Task<MembershipTableData> ReadLaterAsync(MembershipEntry entry, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, LongestPauseMilliseconds)), time, cancellationToken);
        return await Inner.ReadRowAsync(entry.SiloAddress, cancellationToken);
    }
}
