using Orleans.Concurrency;
using OrleansEcho.Grains.Interfaces.Lanes;
using OrleansEcho.Grains.Interfaces.Links;

namespace OrleansEcho.Grains.Links;

/// <summary>Runs on whichever silo is asked, so that an answer tells of that silo and of no other.</summary>
[GrainType("link")] // its name between processes of different versions
[StatelessWorker(maxLocalWorkers: 1)]
internal sealed class LinkGrain(SiloDeparture departure, ILocalSiloDetails silo) : Grain, ILinkGrain
{
    public ValueTask<SiloSign> BeatAsync(GatewaySign gateway)
    {
        departure.Heard(this.GetPrimaryKeyString(), gateway);
        return new(new SiloSign { Silo = silo.SiloAddress.ToString(), IsLeaving = departure.IsLeaving, BatchFormat = SetBatchCodec.Format });
    }
}
