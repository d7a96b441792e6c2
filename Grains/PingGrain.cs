using Orleans.Concurrency;
using OrleansEcho.Grains.Interfaces;

namespace OrleansEcho.Grains;

/// <summary>Runs on whichever silo is asked, so that a ping tells of that silo and of no other.</summary>
[StatelessWorker(maxLocalWorkers: 1)]
internal sealed class PingGrain : Grain, IPingGrain
{
    public ValueTask PingAsync() => default;
}
