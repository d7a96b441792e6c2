using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>Speaks to the quota of a running cluster, as an operator's program would.</summary>
internal sealed class QuotaOperator : IAsyncDisposable
{
    private readonly GrainClient _client;

    private QuotaOperator(GrainClient client) => _client = client;

    private IConnectionQuotaGrain Quota => _client.Grains.GetGrain<IConnectionQuotaGrain>(IConnectionQuotaGrain.ClusterScope);

    /// <summary>Connects to a silo.</summary>
    public static async Task<QuotaOperator> ConnectAsync(SiloNode silo) => new(await GrainClient.ConnectAsync(silo));

    /// <summary>Who holds what.</summary>
    public Task<QuotaSnapshot> LookAsync() => Quota.GetSnapshotAsync().AsTask().WithinAsync("the quota's snapshot");

    /// <summary>Sets the limit, whatever it was.</summary>
    public async Task SetLimitAsync(int limit)
    {
        var seen = await LookAsync();
        var reply = await Quota.SetLimitAsync(limit, seen.Version).AsTask().WithinAsync("the limit to be set");
        Assert.Equal(new SetLimitReply(SetLimitOutcome.Changed, limit, seen.Version + 1), reply);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
