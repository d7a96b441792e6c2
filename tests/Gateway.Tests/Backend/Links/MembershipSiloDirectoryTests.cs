using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Gateway.Tests.Backend.Links;

public sealed class MembershipSiloDirectoryTests : IAsyncDisposable
{
    private static readonly IPEndPoint One = IPEndPoint.Parse("127.0.0.1:30000");
    private static readonly IPEndPoint Other = IPEndPoint.Parse("127.0.0.1:30001");

    private readonly ScriptedSiloList _list = new() { Silos = [One] };
    private readonly WatchedTime _time = new();
    private readonly FakeLogger<MembershipSiloDirectory> _log = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MembershipSiloDirectory _directory;

    public MembershipSiloDirectoryTests() =>
        _directory = new MembershipSiloDirectory(_list, Options.Create(new ClusterIdentityOptions { ClusterId = "mine" }), new StoreMetrics(_services.GetRequiredService<IMeterFactory>()), _time, _log);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _directory.StopAsync(CancellationToken.None);
        _directory.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task ListIsNotEmpty_BeforeItHasBeenRead()
    {
        var reading = _directory.ReadAsync(Cancelled);
        Assert.False(reading.IsCompleted);
        await StartAsync();
        Assert.Equal([One], await reading.WithinAsync("the first list"));
    }

    [Fact]
    public async Task SiloThatJoins_IsFound_WithinTwoSeconds()
    {
        await StartAsync();
        _list.Silos = [One, Other];
        await NextAsync();
        Assert.Equal([One, Other], await _directory.ReadAsync(Cancelled));
        Assert.Empty(Lines);
    }

    [Fact]
    public async Task StoreThatIsAway_TakesNoSilo_AndIsSaidOnce()
    {
        await StartAsync();
        _list.Fault = "connection refused";
        for (var i = 0; i < 5; i++) await NextAsync();
        Assert.Equal([One], await _directory.ReadAsync(Cancelled));
        Assert.Equal("connection refused", _directory.Fault);
        (_list.Fault, _list.Silos) = (null, [Other]);
        await NextAsync();
        Assert.Equal([Other], await _directory.ReadAsync(Cancelled));
        Assert.Null(_directory.Fault);
        Assert.Equal(
            [
                "Store at here (Cluster:ConnectionString) cannot be used: connection refused. Until it is back, the gateway stays with the silos that it knows.",
                "Store at here (Cluster:ConnectionString) can be used again.",
            ],
            Lines);
    }

    [Fact]
    public async Task WhetherTheStoreAnswers_IsTold()
    {
        using var available = new MetricCollector<int>(_services.GetRequiredService<IMeterFactory>(), "OrleansEcho.Stores", "echo.membership.store.available");
        available.RecordObservableInstruments();
        Assert.Null(available.LastMeasurement); // nobody knows yet
        await StartAsync();
        Assert.Equal(1, Read());
        _list.Fault = "connection refused";
        await NextAsync();
        Assert.Equal(0, Read());
        _list.Fault = null;
        await NextAsync();
        Assert.Equal(1, Read());

        int? Read()
        {
            available.RecordObservableInstruments();
            return available.LastMeasurement?.Value;
        }
    }

    [Fact]
    public async Task OtherClusters_AreNamed_WhenThereIsNoSiloOfThisOne()
    {
        (_list.Silos, _list.Clusters) = ([], ["theirs", "mine", "yours"]);
        await StartAsync();
        for (var i = 0; i < 20; i++) await NextAsync(); // longer than it looks again
        Assert.Equal(["No silo of cluster mine found in Store at here (Cluster:ConnectionString); clusters present: theirs, yours. Is Cluster:ClusterId right?"], Lines);
    }

    [Fact]
    public async Task ReadThatFailsAsTheGatewayStops_IsNoFault()
    {
        await StartAsync();
        var stopped = new TaskCompletionSource();
        using var asked = new SemaphoreSlim(0);
        _list.Read = async stopping =>
        {
            asked.Release();
            using var end = stopping.Register(stopped.SetResult);
            await stopped.Task;
            throw new IOException("it has hung up");
        };
        _time.Advance(TimeSpan.FromSeconds(2));
        await asked.WaitAsync(Cancelled).WithinAsync("the list to be read");
        await _directory.StopAsync(Cancelled);
        await _directory.ExecuteTask!.WithinAsync("the directory to end"); // a failed one is an error in the log
    }

    private IReadOnlyList<string> Lines => [.. _log.Collector.GetSnapshot().Select(line => line.Message)];

    private async Task StartAsync()
    {
        await _directory.StartAsync(Cancelled);
        await _time.NextTimerAsync();
    }

    private async Task NextAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(2));
        await _time.NextTimerAsync();
    }
}
