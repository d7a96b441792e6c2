using System.Net;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Silo.Membership;

namespace OrleansEcho.Silo.Tests.Membership;

/// <summary>Nobody is voted against who has just joined and lives; whoever is gone, is.</summary>
public sealed class PatientMembershipTableTests
{
    private static readonly SiloAddress Self = Silo(1);
    private static readonly SiloAddress Other = Silo(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ListInMemory _list = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines<PatientMembershipTable> _log = new();
    private readonly PatientMembershipTable _table;
    private bool _accepts = true;

    public PatientMembershipTableTests() => _table = new PatientMembershipTable(_list, Self, Patience, (_, _) => Task.FromResult(_accepts), _time, _log);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SiloThatHasJustJoined_IsNotVotedAgainst_UntilItsTimeIsUp()
    {
        await SeeAsync(Other);
        Assert.False(await VoteAsync(Other));
        _time.Advance(Patience - TimeSpan.FromSeconds(1));
        Assert.False(await VoteAsync(Other));
        Assert.Equal(["Silo 127.0.0.1:2 misses probes. It or this silo has just joined, and it takes connections: it is given 20 s (Silo:JoinPatienceSeconds)."], _log.Lines);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await VoteAsync(Other));
    }

    [Fact]
    public async Task SiloThatIsGone_IsVotedAgainstAtOnce()
    {
        await SeeAsync(Other);
        _accepts = false;
        Assert.True(await VoteAsync(Other));
    }

    [Fact]
    public async Task SiloThatIsGoneForCertain_IsVotedAgainstAtOnce_AlthoughItsPortTakesConnections()
    {
        await SeeAsync(Other);
        _table.Condemn(Other);
        Assert.True(await VoteAsync(Other));
    }

    [Fact]
    public async Task OwnRow_AndThatOfAnEarlierRun_AreWrittenAtOnce()
    {
        var earlier = SiloAddress.New(Self.Endpoint, Self.Generation - 1);
        await SeeAsync(Self, earlier);
        Assert.True(await VoteAsync(earlier));
        Assert.True(await VoteAsync(Self));
    }

    [Fact]
    public async Task SiloThatIsDeclaredDead_IsNamedOnce_WithThoseWhomItDidNotAnswer()
    {
        await SeeAsync(Self, Other);
        _list.Put(Entry(Other, SiloStatus.Dead, Silo(3), Silo(4)));
        for (var i = 0; i < 2; i++) await _table.ReadAllAsync(Cancelled);
        Assert.Equal(["Silo 127.0.0.1:2 has been declared dead: it did not answer 127.0.0.1:3, 127.0.0.1:4. If it lives, it ends itself (exit code 4) when it hears of it."], _log.Lines);
    }

    [Fact]
    public async Task SiloThatLeaves_OrIsStartedAgain_IsNotNamed()
    {
        await SeeAsync(Self, Other, Silo(3));
        _list.Put(Entry(Other, SiloStatus.Dead, Other)); // its own last word
        _list.Put(Entry(Silo(3), SiloStatus.ShuttingDown));
        await _table.ReadAllAsync(Cancelled);
        Assert.Empty(_log.Lines);
    }

    private static SiloAddress Silo(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 7);

    private static MembershipEntry Entry(SiloAddress silo, SiloStatus status, params SiloAddress[] suspectedBy) =>
        new() { SiloAddress = silo, Status = status, SuspectTimes = [.. suspectedBy.Select(by => Tuple.Create(by, DateTime.UnixEpoch))] };

    private async Task SeeAsync(params SiloAddress[] silos)
    {
        foreach (var silo in silos) _list.Put(Entry(silo, SiloStatus.Active));
        await _table.ReadAllAsync(Cancelled);
    }

    private async Task<bool> VoteAsync(SiloAddress silo)
    {
        var read = await _table.ReadAllAsync(Cancelled);
        return await _table.UpdateRowAsync(Entry(silo, SiloStatus.Active, Self), read.TryGet(silo)!.Item2, read.Version.Next(), Cancelled);
    }
}
