using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace OrleansEcho.Silo.Membership;

/// <summary>
/// Lets nobody be declared dead by this silo who has just joined, while it lives: a silo that starts is being compiled, and on a busy machine misses probes of a second. The same holds for all others while
/// this silo has just joined: then it is this one that is slow. A silo whose port takes no connection is gone, and is not waited for. It also says which silos have been declared dead, because Orleans does not.
/// </summary>
/// <param name="inner">The list.</param>
/// <param name="self">This silo.</param>
/// <param name="patience">For how long after its joining a silo is not voted against; none when zero.</param>
/// <param name="accepts">Whether a silo's port takes a connection.</param>
/// <param name="time">The time.</param>
/// <param name="logger">The log.</param>
internal sealed partial class PatientMembershipTable(
    IMembershipTable inner,
    SiloAddress self,
    TimeSpan patience,
    Func<IPEndPoint, CancellationToken, Task<bool>> accepts,
    TimeProvider time,
    ILogger<PatientMembershipTable> logger) : DelegatingMembershipTable(inner)
{
    // A living silo's kernel takes a connection at once, however busy the silo is.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<SiloAddress, Member> _members = [];
    private readonly HashSet<SiloAddress> _condemned = [];

    /// <summary>Connects, and hangs up.</summary>
    public static async Task<bool> AcceptsAsync(IPEndPoint silo, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        using var socket = new Socket(silo.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(silo, limit.Token);
            return true;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>A silo is gone for certain: it is not waited for.</summary>
    public void Condemn(SiloAddress silo)
    {
        lock (_lock) _condemned.Add(silo);
    }

    public override async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken)
    {
        var table = await Inner.ReadAllAsync(cancellationToken);
        lock (_lock)
        {
            foreach (var (entry, _) in table.Members) Note(entry);
        }

        return table;
    }

    // What this silo writes about another is a vote against it, or its death.
    public override async Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken)
    {
        if (!entry.SiloAddress.Endpoint.Equals(self.Endpoint) && IsYoung(entry.SiloAddress, out var mayBeSaid) && await accepts(entry.SiloAddress.Endpoint, cancellationToken))
        {
            if (mayBeSaid) Log.Waits(logger, entry.SiloAddress.Endpoint, patience.TotalSeconds);
            return false; // as if another's write had been first: Orleans asks again when the next probe is missed
        }

        return await Inner.UpdateRowAsync(entry, etag, tableVersion, cancellationToken);
    }

    private void Note(MembershipEntry entry)
    {
        var isAlive = entry.Status is SiloStatus.Joining or SiloStatus.Active;
        if (isAlive) _members.TryAdd(entry.SiloAddress, new Member(time.GetTimestamp()));
        else if (_members.Remove(entry.SiloAddress) && entry.Status is SiloStatus.Dead && Voters(entry) is { Length: > 0 } voters) Log.Dead(logger, entry.SiloAddress.Endpoint, voters);
    }

    // One that has left says so itself, and one that was started again says so of its earlier run.
    private string Voters(MembershipEntry entry)
    {
        var voters = (entry.SuspectTimes ?? []).Select(vote => vote.Item1).Distinct().ToList();
        return voters.Any(voter => voter.Endpoint.Equals(entry.SiloAddress.Endpoint)) || entry.SiloAddress.Equals(self) ? "" : string.Join(", ", voters.Select(voter => voter.Endpoint));
    }

    private bool IsYoung(SiloAddress silo, out bool mayBeSaid)
    {
        lock (_lock)
        {
            mayBeSaid = false;
            if (_condemned.Contains(silo) || !_members.TryGetValue(silo, out var member) || time.GetElapsedTime(member.Since) >= patience) return false;
            (mayBeSaid, member.IsSaid) = (!member.IsSaid, true);
            return true;
        }
    }

    private sealed class Member(long since)
    {
        public long Since => since;

        public bool IsSaid { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(4026, LogLevel.Information, "Silo {Silo} misses probes. It or this silo has just joined, and it takes connections: it is given {Seconds:0.#} s (Silo:JoinPatienceSeconds).")]
        public static partial void Waits(ILogger logger, IPEndPoint silo, double seconds);

        [LoggerMessage(4027, LogLevel.Warning, "Silo {Silo} has been declared dead: it did not answer {Voters}. If it lives, it ends itself (exit code 4) when it hears of it.")]
        public static partial void Dead(ILogger logger, IPEndPoint silo, string voters);
    }
}
