using System.Net;
using OrleansEcho.Silo.Membership;

namespace OrleansEcho.Silo.Tests.Membership;

/// <summary>Silos that start at the same time take the list's version away from each other: nobody waits for seconds because of it, and nobody's word is lost.</summary>
public sealed class ContendedMembershipTableTests
{
    private static readonly SiloAddress Self = SiloAddress.New(IPEndPoint.Parse("127.0.0.1:7001"), 2);
    private static readonly SiloAddress EarlierSelf = SiloAddress.New(IPEndPoint.Parse("127.0.0.1:7001"), 1);
    private static readonly SiloAddress Other = SiloAddress.New(IPEndPoint.Parse("127.0.0.1:7002"), 1);

    private readonly ListInMemory _list = new();
    private readonly ContendedMembershipTable _table;

    public ContendedMembershipTableTests() => _table = new ContendedMembershipTable(_list, Self, TimeProvider.System);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OwnRow_IsInserted_AlthoughAnotherHasWritten()
    {
        var read = await _table.ReadAllAsync(Cancelled);
        _list.Put(Entry(Other, SiloStatus.Joining));
        Assert.True(await _table.InsertRowAsync(Entry(Self, SiloStatus.Joining), read.Version.Next(), Cancelled));
        Assert.Equal(2, _list.Version);
        Assert.Equal(SiloStatus.Joining, _list.StatusOf(Self));
    }

    [Fact]
    public async Task OwnRow_IsNotInsertedTwice()
    {
        var read = await _table.ReadAllAsync(Cancelled);
        _list.Put(Entry(Self, SiloStatus.Joining));
        Assert.False(await _table.InsertRowAsync(Entry(Self, SiloStatus.Joining), read.Version.Next(), Cancelled));
    }

    [Fact]
    public async Task OwnRow_IsWritten_AlthoughAnotherHasWritten()
    {
        _list.Put(Entry(Self, SiloStatus.Joining));
        var (etag, version) = await ReadAsync(Self);
        _list.Put(Entry(Other, SiloStatus.Active));
        Assert.True(await _table.UpdateRowAsync(Entry(Self, SiloStatus.Active), etag, version.Next(), Cancelled));
        Assert.Equal(SiloStatus.Active, _list.StatusOf(Self));
    }

    [Fact]
    public async Task OwnDeath_IsNotOverwritten()
    {
        _list.Put(Entry(Self, SiloStatus.Joining));
        var (etag, version) = await ReadAsync(Self);
        _list.Put(Entry(Self, SiloStatus.Dead));
        Assert.False(await _table.UpdateRowAsync(Entry(Self, SiloStatus.Active), etag, version.Next(), Cancelled));
        Assert.Equal(SiloStatus.Dead, _list.StatusOf(Self));
    }

    [Fact]
    public async Task SuspicionAgainstUs_IsNotOverwritten()
    {
        _list.Put(Entry(Self, SiloStatus.Joining));
        var (etag, version) = await ReadAsync(Self);
        _list.Put(Entry(Self, SiloStatus.Joining, suspectedBy: Other));
        Assert.False(await _table.UpdateRowAsync(Entry(Self, SiloStatus.Active), etag, version.Next(), Cancelled));
        Assert.Equal(SiloStatus.Joining, _list.StatusOf(Self));
    }

    [Fact]
    public async Task EarlierRun_IsWrittenDead_WhateverOthersWrite()
    {
        _list.Put(Entry(EarlierSelf, SiloStatus.Active));
        var (etag, version) = await ReadAsync(EarlierSelf);
        _list.Put(Entry(EarlierSelf, SiloStatus.Active, suspectedBy: Other));
        _list.Put(Entry(Other, SiloStatus.Active));
        Assert.True(await _table.UpdateRowAsync(Entry(EarlierSelf, SiloStatus.Dead), etag, version.Next(), Cancelled));
        Assert.Equal(SiloStatus.Dead, _list.StatusOf(EarlierSelf));
    }

    [Fact]
    public async Task VoteAgainstAnother_IsNotRepeated()
    {
        _list.Put(Entry(Other, SiloStatus.Active));
        var (etag, version) = await ReadAsync(Other);
        _list.Put(Entry(Self, SiloStatus.Active));
        Assert.False(await _table.UpdateRowAsync(Entry(Other, SiloStatus.Dead), etag, version.Next(), Cancelled));
        Assert.Equal(SiloStatus.Active, _list.StatusOf(Other));
    }

    [Fact]
    public async Task ManySilosThatStartAtOnce_AreAllThereSoon()
    {
        var silos = Enumerable.Range(1, 20).Select(i => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, i), 1)).ToList();
        var done = await Task.WhenAll(silos.Select(async silo =>
        {
            var table = new ContendedMembershipTable(_list, silo, TimeProvider.System);
            var read = await table.ReadAllAsync(Cancelled);
            return await table.InsertRowAsync(Entry(silo, SiloStatus.Joining), read.Version.Next(), Cancelled);
        }));
        Assert.All(done, Assert.True);
        Assert.Equal(silos.Count, _list.Version);
    }

    private async Task<(string ETag, TableVersion Version)> ReadAsync(SiloAddress silo)
    {
        var table = await _table.ReadAllAsync(Cancelled);
        return (table.TryGet(silo)!.Item2, table.Version);
    }

    private static MembershipEntry Entry(SiloAddress silo, SiloStatus status, SiloAddress? suspectedBy = null) => new()
    {
        SiloAddress = silo,
        Status = status,
        SuspectTimes = suspectedBy is null ? [] : [Tuple.Create(suspectedBy, DateTime.UnixEpoch)],
    };
}
