using Microsoft.Extensions.Hosting;
using OrleansEcho.Gateway.Backend.Links;

namespace OrleansEcho.Gateway.Backend;

/// <summary>In a process that is its own silo there is one link: to itself, from the silo's start on, and for as long as the process lives.</summary>
internal sealed class EmbeddedBackendStart(SiloLinks links, IGrainFactory grains) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        links.Add(new SiloLink("in this process", grains));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
