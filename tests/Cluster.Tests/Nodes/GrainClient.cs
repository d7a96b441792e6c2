using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace OrleansEcho.Cluster.Tests.Nodes;

/// <summary>An Orleans client that reaches the grains of a running cluster by way of one silo.</summary>
internal sealed class GrainClient : IAsyncDisposable
{
    private readonly IHost _host;

    private GrainClient(IHost host) => _host = host;

    /// <summary>The grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Connects to a silo.</summary>
    public static async Task<GrainClient> ConnectAsync(SiloNode silo)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client
            .UseStaticClustering(silo.Gateways)
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("dev", "orleansecho")));
        var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken).WithinAsync($"the client to connect to {silo.Gateways}");
            return new GrainClient(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
