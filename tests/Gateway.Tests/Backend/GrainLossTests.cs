using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Lanes;

namespace OrleansEcho.Gateway.Tests.Backend;

/// <summary>The backend over a real cluster, whose grains are lost while sets are under way.</summary>
public sealed class GrainLossTests : IAsyncLifetime
{
    private const int Connections = 8;
    private const int SetsEach = 150;

    private readonly FakeLogCollector _siloLog = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly BackendReachability _reachability = new(TimeProvider.System, new FakeLogger<BackendReachability>());
    private readonly SiloLinks _links;
    private InProcessTestCluster _cluster = null!;

    public GrainLossTests() => _links = new SiloLinks(_reachability);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(TimeProvider.System);
            silo.AddGrainDirectory("local", static (_, _) => new LocalGrainDirectory());
            silo.Services.AddLanes();
            silo.Services.AddLogging(logging => logging.AddFilter<FakeLoggerProvider>("OrleansEcho", LogLevel.Debug).AddProvider(new FakeLoggerProvider(_siloLog)));
        });
        // As a gateway sets it: a call under way when its silo stops gets no answer.
        builder.ConfigureClient(client => client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(2)));
        _cluster = builder.Build();
        await _cluster.DeployAsync().WithinAsync("the cluster to start");
        _links.Add(new SiloLink("both silos", _cluster.Client));
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _reachability.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task AGrainThatWasCollectedGoesOnWhereItWas()
    {
        var (id, connection) = await OpenAsync(1);
        await EchoAsync(connection, 1);
        await EchoAsync(connection, 2);

        await CollectAsync();
        Assert.Null(await InfoAsync(id));
        await EchoAsync(connection, 3);

        var info = await InfoAsync(id);
        Assert.Equal((4, 3 * 2, 3 * 8), (info!.NextSequence, info.Messages, info.Bytes));
        await connection.CloseAsync(CloseReason.PeerClosed);
    }

    [Fact]
    public async Task GrainsThatAreLostUnderLoadEchoEverySetOnceAndCountIt()
    {
        var opened = await Task.WhenAll(Enumerable.Range(1, Connections).Select(OpenAsync));
        var load = Task.WhenAll(opened.Select(async o =>
        {
            for (var sequence = 1; sequence <= SetsEach; sequence++) await EchoAsync(o.Connection, sequence);
        }));
        while (!load.IsCompleted) await CollectAsync();
        await load.WithinAsync("every set to be echoed");

        foreach (var (id, connection) in opened)
        {
            await EchoAsync(connection, SetsEach + 1); // opens it again if it was collected last
            var info = await InfoAsync(id);
            Assert.Equal((SetsEach + 2, 2 * (SetsEach + 1), 8 * (SetsEach + 1)), (info!.NextSequence, info.Messages, info.Bytes));
        }

        Assert.InRange(_siloLog.GetSnapshot().Count(line => line.Id.Id is 3001), Connections + 1, int.MaxValue); // some were lost
    }

    [Fact]
    public async Task GrainsOfASiloThatStopsUnderLoadGoOnElsewhere()
    {
        var opened = await Task.WhenAll(Enumerable.Range(1, Connections).Select(OpenAsync));
        var halfway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var load = Task.WhenAll(opened.Select(async o =>
        {
            for (var sequence = 1; sequence <= SetsEach; sequence++)
            {
                if (sequence is SetsEach / 2) halfway.TrySetResult();
                await EchoAsync(o.Connection, sequence);
            }
        }));
        await halfway.Task.WithinAsync("half of the load");
        await _cluster.StopSiloAsync(_cluster.Silos[^1], Stop).WithinAsync("the silo to stop");
        await load.WithinAsync("every set to be echoed");

        foreach (var (id, _) in opened)
        {
            var info = await InfoAsync(id);
            if (info is not null) Assert.Equal((SetsEach + 1, 2 * SetsEach, 8 * SetsEach), (info.NextSequence, info.Messages, info.Bytes)); // null: lost after its last
        }
    }

    private async Task<(ConnectionId Id, IBackendConnection Connection)> OpenAsync(int number)
    {
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        var backend = new OrleansBackend(_links, _reachability, Options.Create(new BackendOptions()), metrics, TimeProvider.System);
        var id = ConnectionId.Create(ConnectionId.NewRun(), number);
        var opening = new ConnectionOpening { Gateway = "g", Listener = "l", Peer = "p", OpenedAt = default, NextSequence = 1 };
        return (id, await backend.OpenAsync(id, opening, Stop));
    }

    /// <summary>Two messages of four bytes each, which say which they are.</summary>
    private static async Task EchoAsync(IBackendConnection connection, int sequence)
    {
        var sent = new MessageSet(sequence, Encoding.ASCII.GetBytes($"{sequence:D4}{sequence:D4}"), [4, 4]);
        var reply = await connection.EchoAsync(sent, Stop).AsTask().WithinAsync($"the echo of set {sequence}");
        Assert.Equal((sent.Sequence, sent.Text()), (reply.Sequence, reply.Text()));
    }

    private Task CollectAsync() => _cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero).WithinAsync("a collection of all idle grains");

    private Task<ConnectionInfo?> InfoAsync(ConnectionId id) => _cluster.Client.GetGrain<IConnectionGrain>(id.Value).GetInfoAsync().AsTask().WithinAsync("what the grain knows");
}
