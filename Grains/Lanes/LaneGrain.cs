using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;
using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Grains.Lanes;

/// <summary>A lane's end for gateways in other processes. It lives on whichever silo is asked, where the connections' grains are, too: from here to them nothing leaves the process.</summary>
[GrainType("lane")] // its name between processes of different versions
[PreferLocalPlacement]
[GrainDirectory(GrainDirectoryName = LocalGrainDirectory.Name)]
[Reentrant]
internal sealed class LaneGrain(LocalConnections local, TimeProvider time) : Grain, ILaneGrain
{
    private Lane _lane = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        if (key.Split('/') is not [var run, _]) throw new ArgumentException($"'{key}' does not name a lane.");
        _lane = new(run, local, new ConnectionGrains(GrainFactory), time);
        return Task.CompletedTask;
    }

    public ValueTask<SetBatch> EchoAsync(SetBatch batch) => _lane.EchoAsync(batch);

    public ValueTask<MessageSet?> CollectAsync(long connection, long sequence) => _lane.CollectAsync(connection, sequence);
}
