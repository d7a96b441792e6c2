using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Cluster.Tests.Quota;

/// <summary>An Orleans client that speaks to the quota of a running cluster, as an operator's program would.</summary>
internal sealed class QuotaOperator : IAsyncDisposable
{
    private readonly IHost _host;

    private QuotaOperator(IHost host) => _host = host;

    private IConnectionQuotaGrain Quota => _host.Services.GetRequiredService<IGrainFactory>().GetGrain<IConnectionQuotaGrain>(IConnectionQuotaGrain.ClusterScope);

    /// <summary>Connects to a silo.</summary>
    public static async Task<QuotaOperator> ConnectAsync(SiloNode silo)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client
            .UseStaticClustering(silo.Gateways)
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("dev", "orleansecho")));
        var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken).WithinAsync($"the client to connect to {silo.Gateways}");
            return new QuotaOperator(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Who holds what.</summary>
    public Task<QuotaSnapshot> LookAsync() => Quota.GetSnapshotAsync().AsTask().WithinAsync("the quota's snapshot");

    /// <summary>Sets the limit, whatever it was.</summary>
    public async Task SetLimitAsync(int limit)
    {
        var seen = await LookAsync();
        var reply = await Quota.SetLimitAsync(limit, seen.Version).AsTask().WithinAsync("the limit to be set");
        Assert.Equal(new SetLimitReply(SetLimitOutcome.Changed, limit, seen.Version + 1), reply);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
