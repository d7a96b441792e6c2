using Microsoft.Extensions.Hosting;

namespace OrleansEcho.Gateway.Backend;

/// <summary>In a process that is its own silo the backend is reachable as soon as the silo has started, and for as long as the process lives.</summary>
internal sealed class EmbeddedBackendStart(BackendReachability reachability) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        reachability.Connected(1);
        reachability.Answered("in this process");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
