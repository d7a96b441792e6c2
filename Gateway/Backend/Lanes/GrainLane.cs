using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Gateway.Backend.Lanes;

/// <summary>A lane's end in the silo of another process.</summary>
internal sealed class GrainLane(ILaneGrain grain) : ILane
{
    public ValueTask<SetBatch> EchoAsync(SetBatch batch) => grain.EchoAsync(batch);

    public ValueTask<MessageSet?> CollectAsync(long connection, long sequence) => grain.CollectAsync(connection, sequence);
}
