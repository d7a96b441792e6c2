using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;
using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Lanes;
using OrleansEcho.Grains.Links;

namespace OrleansEcho.Grains.Tests;

/// <summary>Silos in this process, and a client that stands for a gateway.</summary>
public abstract class ConnectionCluster(short silos) : IAsyncLifetime
{
    // A silo that is gone answers nothing: the client must notice by itself, and soon.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    public InProcessTestCluster Cluster { get; } = Build(silos);

    public async ValueTask InitializeAsync() => await Cluster.DeployAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A connection of its own for the test that asks.</summary>
    public IConnectionGrain NewConnection(ConnectionId id) => Cluster.Client.GetGrain<IConnectionGrain>(id.Value);

    private static InProcessTestCluster Build(short silos)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddGrainDirectory(LocalGrainDirectory.Name, static (_, _) => new LocalGrainDirectory());
            silo.Services.AddLanes();
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton<SiloDeparture>();
        });
        builder.ConfigureClient(client => client.Configure<Orleans.Configuration.ClientMessagingOptions>(options => options.ResponseTimeout = CallTimeout));
        return builder.Build();
    }
}

/// <summary>One silo, shared by the tests of a class.</summary>
public sealed class OneSilo() : ConnectionCluster(1);
