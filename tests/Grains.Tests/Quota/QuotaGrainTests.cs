using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.TestingHost;
using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.Grains.Quota;
using static OrleansEcho.Grains.Tests.Quota.LedgerRig;

namespace OrleansEcho.Grains.Tests.Quota;

/// <summary>The grain around the ledger, in silos of this process.</summary>
public sealed class QuotaGrainTests : IAsyncLifetime
{
    private static readonly QuotaTerms Limited = Terms with { MayHaveForgotten = false };
    private readonly InProcessTestCluster _cluster = Build();

    public ValueTask InitializeAsync() => new(_cluster.DeployAsync(TestContext.Current.CancellationToken));

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task ManyGatewaysAtOnce_AreLentTheLimit_AndTheSnapshotAddsUp()
    {
        var quota = Quota("many");
        var replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => AskAsync(quota, Request($"g{i:00}", 1, needed: 1)))).WithinAsync("thirty replies");
        Assert.Equal(10, replies.Sum(r => r.Granted));

        var snapshot = await quota.GetSnapshotAsync();
        Assert.Equal((10, 1L, 10, false), (snapshot.Limit, snapshot.Version, snapshot.Leased, snapshot.IsRelearning));
        Assert.Equal(replies.Where(r => r.Granted > 0).Count(), snapshot.Holders.Count(h => h.Leased is 1));
        Assert.All(snapshot.Holders, h => Assert.InRange(h.ExpiresIn, TimeSpan.Zero, QuotaTerms.WaitFor(Terms.Lease)));
    }

    [Theory]
    [InlineData("cluster")]
    [InlineData("tenant/../ä\n\t☃ '\"; drop table")]
    public async Task ScopeMayHaveAnyName_AndCountsOnItsOwn(string scope)
    {
        Assert.Equal(10, (await AskAsync(Quota(scope), Request("g", 1, needed: 10))).Granted);
        Assert.Equal(10, (await Quota(scope).GetSnapshotAsync()).Leased);
        Assert.Equal(0, (await Quota(scope + "x").GetSnapshotAsync()).Leased);
    }

    [Fact]
    public async Task BadInput_IsAClearError_AndChangesNothing()
    {
        var quota = Quota("bad");
        await AskAsync(quota, Request("g", 100, needed: 3));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => quota.SetLimitAsync(0, 1).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => quota.SetLimitAsync(-5, 1).AsTask());
        Assert.Equal(SetLimitOutcome.VersionMismatch, (await quota.SetLimitAsync(5, 99)).Outcome);
        var fault = await Assert.ThrowsAsync<ArgumentException>(() => quota.LeaseAsync(Request("g", 200, held: 3, inUse: 3) with { InUse = 4, Needed = 4, Wanted = 4 }).AsTask());
        Assert.Contains("4 permits cannot be in use of 3 that are held", fault.Message, StringComparison.Ordinal);
        var snapshot = await quota.GetSnapshotAsync();
        Assert.Equal((10, 1L, 3), (snapshot.Limit, snapshot.Version, snapshot.Leased));
    }

    [Fact]
    public async Task LimitChanges_WhilePermitsAreOut()
    {
        var quota = Quota("changing");
        await AskAsync(quota, Request("g", 100, needed: 10));
        Assert.Equal(new SetLimitReply(SetLimitOutcome.Changed, 5, 2), await quota.SetLimitAsync(5, 1));
        Assert.Equal((10, 5), await AskAsync(quota, Request("g", 200, held: 10, inUse: 10)) is var lowered ? (lowered.Granted, lowered.Target) : default);
        Assert.Equal(new SetLimitReply(SetLimitOutcome.Changed, 20, 3), await quota.SetLimitAsync(20, 2));
        Assert.Equal(15, (await AskAsync(quota, Request("g", 300, held: 10, inUse: 10, needed: 15))).Granted);
    }

    [Fact]
    public async Task ActivationThatIsLost_LeavesWhatItHasLentBehind()
    {
        var quota = Quota("lost");
        await AskAsync(quota, Request("g", 100, needed: 7));
        var before = await quota.GetSnapshotAsync();
        await quota.Cast<IGrainManagementExtension>().DeactivateOnIdle(TestContext.Current.CancellationToken);
        await Deadline.UntilAsync(async () => (await quota.GetSnapshotAsync()).Epoch > before.Epoch, "another activation");
        Assert.Equal(3, (await AskAsync(quota, Request("h", 100, needed: 10))).Granted);
    }

    // On a busy machine the store may take longer than the grain waits for it; a gateway asks again then, and so do we.
    private static async Task<LeaseReply> AskAsync(IConnectionQuotaGrain quota, LeaseRequest request)
    {
        LeaseReply? reply = null;
        var number = request.Number;
        await Deadline.UntilAsync(async () => IsAnswer(reply = await quota.LeaseAsync(request with { Number = number++ })), "the quota's store to answer");
        return reply!;
    }

    private static bool IsAnswer(LeaseReply reply) => reply.Outcome is not LeaseOutcome.Unavailable && reply.Denial is not QuotaDenial.StorageUnavailable;

    private IConnectionQuotaGrain Quota(string scope) => _cluster.Client.GetGrain<IConnectionQuotaGrain>(scope);

    private static InProcessTestCluster Build()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMemoryGrainStorage(GrainStorageNames.Quota);
            silo.Services.AddMetrics();
            silo.Services.AddSingleton(Limited);
            silo.Services.AddSingleton<QuotaMetrics>();
            silo.Services.AddSingleton<StoreFaultLog>();
        });
        return builder.Build();
    }
}
