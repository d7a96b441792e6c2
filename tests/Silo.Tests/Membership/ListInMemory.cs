using System.Globalization;

namespace OrleansEcho.Silo.Tests.Membership;

/// <summary>
/// A list of silos as Orleans' stores keep it: one version for all of it, and one for each row. Each call is a turn of its own.
/// </summary>
internal sealed class ListInMemory : IMembershipTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SiloAddress, (MembershipEntry Entry, int Version)> _rows = [];

    /// <summary>How often it has been written.</summary>
    public int Version { get; private set; }

    /// <summary>What stands in it about a silo.</summary>
    public SiloStatus StatusOf(SiloAddress silo) => _rows[silo].Entry.Status;

    /// <summary>Whether it can be read only.</summary>
    public bool TakesNoWrites { get; set; }

    /// <summary>What a read waits for before it answers with what it has found.</summary>
    public Task Answers { get; set; } = Task.CompletedTask;

    /// <summary>Everything in it is lost.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _rows.Clear();
            Version = 0;
        }
    }

    /// <summary>It has been written more often than anybody has the patience to.</summary>
    public void Raise(int version)
    {
        lock (_lock) Version = version;
    }

    /// <summary>Somebody else writes a row.</summary>
    public void Put(MembershipEntry entry)
    {
        lock (_lock) _rows[entry.SiloAddress] = (entry, ++Version);
    }

    public Task InitializeMembershipTable(bool tryInitTableVersion) => Task.CompletedTask;

    public Task DeleteMembershipTableEntries(string clusterId) => throw new NotSupportedException();

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => throw new NotSupportedException();

    public Task UpdateIAmAlive(MembershipEntry entry) => throw new NotSupportedException();

    public async Task<MembershipTableData> ReadRow(SiloAddress key)
    {
        await Task.Yield();
        lock (_lock) return Table(_rows.Where(row => row.Key.Equals(key)));
    }

    public async Task<MembershipTableData> ReadAll()
    {
        await Task.Yield();
        MembershipTableData found;
        lock (_lock) found = Table(_rows);
        await Answers;
        return found;
    }

    public async Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        await Task.Yield();
        lock (_lock) return !TakesNoWrites && tableVersion.Version == Version + 1 && !_rows.ContainsKey(entry.SiloAddress) && Write(entry);
    }

    public async Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion)
    {
        await Task.Yield();
        lock (_lock)
        {
            return !TakesNoWrites && tableVersion.Version == Version + 1 && Text(_rows[entry.SiloAddress].Version) == etag && Write(entry);
        }
    }

    private bool Write(MembershipEntry entry)
    {
        _rows[entry.SiloAddress] = (entry, ++Version);
        return true;
    }

    private MembershipTableData Table(IEnumerable<KeyValuePair<SiloAddress, (MembershipEntry Entry, int Version)>> rows) =>
        new([.. rows.Select(row => Tuple.Create(row.Value.Entry, Text(row.Value.Version)))], new TableVersion(Version, Text(Version)));

    private static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);
}
