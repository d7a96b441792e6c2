using Microsoft.Extensions.Hosting;
using OrleansEcho.Gateway.Backend.Lanes;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Gateway.Backend;

/// <summary>In a process that is its own silo there is one link: to itself, from the silo's start on, and for as long as the process lives.</summary>
internal sealed class EmbeddedBackendStart(SiloLinks links, IGrainFactory grains, ILocalLanes lanes, GatewayRun run, TimeProvider time) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var link = new SiloLink("in this process", grains);
        link.OpenLanes(lost => [new SetLane(lanes.Of(run.Name), time, lost, isLocal: true)]);
        links.Add(link);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
