using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Grains.Lanes;

/// <inheritdoc/>
internal sealed class LocalLanes(LocalConnections local, IGrainFactory grains, TimeProvider time) : ILocalLanes
{
    public ILane Of(string run) => new Lane(run, local, new ConnectionGrains(grains), time);
}
