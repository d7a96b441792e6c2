using Orleans.Concurrency;
using Orleans.GrainDirectory;
using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;
using OrleansEcho.Grains.Interfaces.Links;

namespace OrleansEcho.Grains.Links;

/// <summary>Runs on whichever silo is asked, so that an answer tells of that silo and of no other.</summary>
/// <remarks>
/// Orleans asks a grain's directory also before it places a stateless worker, which is in none. The usual one is spread over the silos: a
/// heartbeat would wait for another silo, and for one that is dead until it has been declared so.
/// </remarks>
[GrainType("link")] // its name between processes of different versions
[StatelessWorker(maxLocalWorkers: 1)]
[GrainDirectory(GrainDirectoryName = LocalGrainDirectory.Name)]
internal sealed class LinkGrain(SiloDeparture departure, ILocalSiloDetails silo) : Grain, ILinkGrain
{
    public ValueTask<SiloSign> BeatAsync(GatewaySign gateway)
    {
        departure.Heard(this.GetPrimaryKeyString(), gateway);
        return new(
            new SiloSign { Silo = silo.SiloAddress.ToString(), IsLeaving = departure.IsLeaving, BatchFormat = SetBatchCodec.Format });
    }
}
