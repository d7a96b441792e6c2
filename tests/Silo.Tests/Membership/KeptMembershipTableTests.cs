using System.Net;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Silo.Membership;

namespace OrleansEcho.Silo.Tests.Membership;

/// <summary>
/// A list that is lost while its silos live gets all of them back, and they follow it again: a silo that
/// starts meanwhile founds no second cluster.
/// </summary>
public sealed class KeptMembershipTableTests : IDisposable
{
    private readonly ListInMemory _list = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines<KeptMembershipTable> _log = new();
    private readonly List<ListMember> _members = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _members.ForEach(m => m.Table.Dispose());

    [Fact]
    public async Task SiloThatTheListHasLost_WritesItselfAgain_BeforeAnybodySeesTheListWithoutIt()
    {
        var one = await JoinAsync(1);
        _list.Clear();
        var read = await one.Table.ReadAllAsync(Cancelled);
        Assert.Equal(SiloStatus.Active, read.TryGet(one.Silo)!.Item1.Status);
        Assert.False(one.Table.IsMissing);
        for (var i = 0; i < 3; i++) await LookAsync(one);
        Assert.Equal(
            ["The list of silos in Redis has lost what its silos wrote: it was emptied, or is an old one. This silo writes itself into it "
                + "again, and the others do so, too.", "The list of silos in Redis is complete again: 1 silos."],
            _log.Lines);
    }

    [Fact]
    public async Task AllAreBack_BeforeTheListIsNewerThanWhatTheyKnow()
    {
        var (one, two, three) = (await JoinAsync(1), await JoinAsync(2), await JoinAsync(3));
        await LookAsync(one, two, three);
        var known = _list.Version;
        _list.Clear();
        for (var i = 0; i < 2; i++) await LookAsync(one, two);
        Assert.True(_list.Version <= known); // who read it now would take the third for dead
        await LookAsync(three, one, two);
        Assert.True(_list.Version > known);
        Assert.All(_members, m => Assert.Equal(SiloStatus.Active, _list.StatusOf(m.Silo)));
    }

    [Fact]
    public async Task SiloThatIsGoneMeanwhile_IsNotWaitedForLong()
    {
        var (one, two) = (await JoinAsync(1), await JoinAsync(2));
        await LookAsync(one, two);
        var known = _list.Version;
        _list.Clear();
        for (var i = 0; i < 3; i++) await LookAsync(one);
        Assert.True(_list.Version <= known);
        await LookAsync(one);
        Assert.True(_list.Version > known);
    }

    [Fact]
    public async Task SilosThatStartInTheEmptyList_AndThoseThatWereThere_AreOneClusterInTime()
    {
        // 1. The list is lost, and a silo starts before the others have noticed.
        var old = new[] { await JoinAsync(1), await JoinAsync(2) };
        _list.Raise(1000); // they have been there for long
        await LookAsync(old);
        _list.Clear();
        await JoinAsync(3);

        // 2. Everybody looks as often as it does, for as long as it may take.
        for (var passed =
            TimeSpan.Zero; passed < KeptMembershipTable.LongestLoss - TimeSpan.FromSeconds(5); passed += KeptMembershipTable.Interval)
        {
            await LookAsync([.. _members]);
        }

        // 3. All see all, in a version that is news to those that were there.
        Assert.True(_list.Version > 1000);
        foreach (var member in _members)
        {
            Assert.Equal(3, (await member.Table.ReadAllAsync(Cancelled)).Members.Count(m => m.Item1.Status is SiloStatus.Active));
        }
    }

    [Fact]
    public async Task OldCopyOfTheList_IsBroughtUpToDate()
    {
        var one = await JoinAsync(1);
        _list.Raise(100);
        await LookAsync(one);
        _list.Clear();
        _list.Put(Entry(one.Silo, SiloStatus.Joining)); // as it was when the copy was made
        for (var i = 0; i < 3; i++) await LookAsync(one);
        Assert.True(_list.Version > 100);
        Assert.Equal(SiloStatus.Active, _list.StatusOf(one.Silo));
    }

    [Fact]
    public async Task SiloThatWasDeclaredDead_OrHasASuccessor_OrNeverJoined_DoesNotComeBack()
    {
        var (dead, replaced, early) = (await JoinAsync(1), await JoinAsync(2), Add(3));
        _list.Put(Entry(dead.Silo, SiloStatus.Dead));
        await LookAsync(dead, replaced, early);
        _list.Clear();
        _list.Put(Entry(SiloAddress.New(replaced.Silo.Endpoint, replaced.Silo.Generation + 1), SiloStatus.Active));
        await LookAsync(dead, replaced, early);
        Assert.Single((await _list.ReadAll()).Members);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task SiloThatCannotWriteItself_IsMissing_UntilItCan()
    {
        var one = await JoinAsync(1);
        _list.Clear();
        _list.TakesNoWrites = true;
        await LookAsync(one);
        Assert.True(one.Table.IsMissing);
        _list.TakesNoWrites = false;
        await LookAsync(one);
        Assert.False(one.Table.IsMissing);
    }

    [Fact]
    public async Task SiloThatJoins_HasReadTheListWithoutIt_BeforeItIsWritten()
    {
        var one = Add(1);
        var version = (await one.Table.ReadAllAsync(Cancelled)).Version;
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _list.Answers = slow.Task;
        var read = one.Table.ReadAllAsync(Cancelled);
        var insert = one.Table.InsertRowAsync(Entry(one.Silo, SiloStatus.Joining), version.Next(), Cancelled);
        for (var i = 0; i < 100; i++) await Task.Yield();
        Assert.False(insert.IsCompleted);
        slow.SetResult();
        Assert.Empty((await read).Members);
        Assert.True(await insert);
    }

    private static MembershipEntry Entry(SiloAddress silo, SiloStatus status) =>
        new() { SiloAddress = silo, Status = status, SuspectTimes = [] };

    // Everybody looks once, and as long passes as until the next time.
    private async Task LookAsync(params ListMember[] members)
    {
        foreach (var member in members) await member.Table.LookAsync(Cancelled);
        _time.Advance(KeptMembershipTable.Interval);
    }

    private ListMember Add(int port)
    {
        var silo = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 1);
        var member = new ListMember(
            silo, new KeptMembershipTable(new ContendedMembershipTable(_list, silo, TimeProvider.System), silo, "Redis", _time, _log));
        _members.Add(member);
        return member;
    }

    private async Task<ListMember> JoinAsync(int port)
    {
        var member = Add(port);
        var read = await member.Table.ReadAllAsync(Cancelled);
        Assert.True(await member.Table.InsertRowAsync(Entry(member.Silo, SiloStatus.Active), read.Version.Next(), Cancelled));
        await member.Table.LookAsync(Cancelled);
        return member;
    }

    private sealed record ListMember(SiloAddress Silo, KeptMembershipTable Table);
}
