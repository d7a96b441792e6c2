using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Interfaces.Lanes;

/// <summary>A lane's end in a silo, however one gets there: by a call (<see cref="ILaneGrain"/>), or in the same process. Safe for any thread.</summary>
public interface ILane
{
    /// <inheritdoc cref="ILaneGrain.EchoAsync"/>
    ValueTask<SetBatch> EchoAsync(SetBatch batch);

    /// <inheritdoc cref="ILaneGrain.CollectAsync"/>
    ValueTask<MessageSet?> CollectAsync(long connection, long sequence);
}
