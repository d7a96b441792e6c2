using Microsoft.Extensions.Logging;

namespace OrleansEcho.Silo.Membership;

/// <summary>
/// Keeps this silo in the list. A list can be lost while its silos live: a store that was emptied, that forgets when it restarts, that was
/// restored from an old copy. Orleans reads on, sees a version that is older than its own and ignores it: its silos stay together, nobody
/// else finds them, and a silo that starts founds a second cluster beside the first. So:
/// 1. A silo that misses itself writes itself in again, before Orleans sees the list without it, which may
/// take a silo that is missing for dead.
/// 2. When the other silos that were there are back, or had time to come back, the list's version is raised above what any of them
/// knows, so that all follow the list again. Both take less than <see cref="LongestLoss"/>: then silos that have started meanwhile and
/// those that were there are one cluster.
/// </summary>
/// <param name="inner">The list; a write that others' writes have overtaken is repeated there.</param>
/// <param name="self">This silo.</param>
/// <param name="store">The store of the list, for people.</param>
/// <param name="time">The time.</param>
/// <param name="logger">The log.</param>
internal sealed partial class KeptMembershipTable(
    IMembershipTable inner, SiloAddress self, string store, TimeProvider time, ILogger<KeptMembershipTable> logger)
    : DelegatingMembershipTable(inner), IDisposable
{
    /// <summary>How often <see cref="LookAsync"/> is to be called.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long, from a list that is lost in a store that is there, silos that start and those that were there may be two clusters: two
    /// looks, the wait for others, and Orleans' own reading (5 s).
    /// </summary>
    public static TimeSpan LongestLoss { get; } = TimeSpan.FromSeconds(15);

    // Each of them looks within this time, also one that has joined since this silo read the list last.
    private static readonly TimeSpan OneLook = Interval * 1.25;

    // One that is known and has not come: a busy machine, perhaps.
    private static readonly TimeSpan OthersPatience = Interval * 2.5;

    private readonly SemaphoreSlim _turn = new(1); // Orleans reads and writes, and we look
    private MembershipEntry? _own;
    private HashSet<SiloAddress> _others = [];
    private int _highest;
    private long? _lostAt;
    private volatile bool _isMissing;

    /// <summary>Whether the list that was read last does not have this silo, which is a member, and cannot be told so either.</summary>
    public bool IsMissing => _isMissing;

    public override async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await ReadAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    // Not beside a read: one that began before this silo's own row was there and ends after it would tell Orleans that the silo is dead.
    public override async Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Inner.InsertRowAsync(entry, tableVersion, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads the list, and mends it if it was lost.</summary>
    /// <exception cref="Exception">What the store's client throws.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var table = await ReadAsync(cancellationToken);
            if (_lostAt is not { } lostAt || _isMissing) return;
            var areThere = _others.IsSubsetOf(table.Members.Select(m => m.Item1.SiloAddress));
            if (time.GetElapsedTime(lostAt) < (areThere ? OneLook : OthersPatience)) return;
            await RaiseAsync(table, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<MembershipTableData> ReadAsync(CancellationToken cancellationToken)
    {
        var table = await Inner.ReadAllAsync(cancellationToken);
        if (_own is not null && !HasSuccessor(table))
        {
            if (table.Version.Version < _highest) Lose();
            if (table.TryGet(self) is null) table = await InsertAsync(_own, table, cancellationToken);
        }

        if (table.TryGet(self) is not { Item1: var own }) return table; // it has not joined, or could not be written

        _isMissing = false;
        _own = own.Status switch
        {
            SiloStatus.Active => own,
            SiloStatus.Joining => _own, // in an old copy of the list
            _ => null, // one that leaves, or was declared dead, does not come back
        };
        if (_lostAt is not null) return table;
        _others = [.. table.Members.Select(m => m.Item1)
            .Where(m => m.Status is SiloStatus.Active && !m.SiloAddress.Equals(self)).Select(m => m.SiloAddress)];
        _highest = table.Version.Version;
        return table;
    }

    // The next run of the same silo: Orleans ends this one.
    private bool HasSuccessor(MembershipTableData table) => table.Members.Any(m => m.Item1.SiloAddress.IsSuccessorOf(self));

    private async Task<MembershipTableData> InsertAsync(MembershipEntry own, MembershipTableData table, CancellationToken cancellationToken)
    {
        Lose();
        _isMissing = true;
        own.IAmAliveTime = time.GetUtcNow().UtcDateTime;
        own.SuspectTimes = [];
        return await Inner.InsertRowAsync(own, table.Version.Next(), cancellationToken)
            ? await Inner.ReadAllAsync(cancellationToken) : table;
    }

    private void Lose()
    {
        if (_lostAt is null) Log.Lost(logger, store);
        _lostAt ??= time.GetTimestamp();
    }

    /// <summary>
    /// Writes the own row as it is until the list is newer than what this silo knew before it was lost.
    /// Whoever does so first does it for all.
    /// </summary>
    private async Task RaiseAsync(MembershipTableData table, CancellationToken cancellationToken)
    {
        while (table.Version.Version <= _highest)
        {
            if (_own is null || table.TryGet(self) is not { } row) return; // lost again, or dead
            await Inner.UpdateRowAsync(_own, row.Item2, table.Version.Next(), cancellationToken);
            table = await Inner.ReadAllAsync(cancellationToken);
        }

        _lostAt = null;
        _highest = table.Version.Version;
        Log.Kept(logger, store, table.Members.Count(m => m.Item1.Status is SiloStatus.Active));
    }

    private static partial class Log
    {
        [LoggerMessage(4024, LogLevel.Warning,
            "The list of silos in {Store} has lost what its silos wrote: it was emptied, or is an old one. This silo writes itself into it "
            + "again, and the others do so, too.")]
        public static partial void Lost(ILogger logger, string store);

        [LoggerMessage(4025, LogLevel.Information, "The list of silos in {Store} is complete again: {Silos} silos.")]
        public static partial void Kept(ILogger logger, string store, int silos);
    }
}
