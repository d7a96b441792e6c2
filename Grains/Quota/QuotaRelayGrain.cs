using Orleans.Concurrency;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Grains.Quota;

/// <summary>Runs on whichever silo is asked.</summary>
[StatelessWorker]
internal sealed class QuotaRelayGrain : Grain, IQuotaRelayGrain
{
    public ValueTask<LeaseReply> LeaseAsync(string scope, LeaseRequest request) => GrainFactory.GetGrain<IConnectionQuotaGrain>(scope).LeaseAsync(request);
}
