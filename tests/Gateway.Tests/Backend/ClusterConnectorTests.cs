using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Quota;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Tests.Backend;

public sealed class ClusterConnectorTests : IAsyncDisposable
{
    private readonly WatchedTime _time = new();
    private readonly FakeLogger<ClusterConnector> _log = new();
    private readonly BackendReachability _reachability = new(new FakeLogger<BackendReachability>());
    private readonly Client _client = new();
    private readonly Silos _silos = new();
    private readonly ServiceProvider _services;
    private readonly ClusterConnector _connector;

    public ClusterConnectorTests()
    {
        _services = new ServiceCollection().AddSingleton<IBackend>(_silos).BuildServiceProvider();
        _connector = new(_client, _services, _reachability, Options.Create(new ClusterBackendOptions()), Options.Create(new ClusterIdentityOptions()), _time, _log);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _connector.StopAsync(Stop).WithinAsync("the connector's stop");
        _connector.Dispose();
        _reachability.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task ASiloIsReachableOnceItHasAnswered()
    {
        await _connector.StartAsync(Stop);
        Assert.False(_reachability.IsReachable);

        _client.Connect();
        _reachability.Connected(1);
        var ping = await _silos.NextPingAsync();
        Assert.False(_reachability.IsReachable);
        ping.SetResult();

        await ReachableAsync(true);
    }

    [Fact]
    public async Task ALostConnectionIsBelievedAtOnce_AndANewOneWhenASiloAnswersOverIt()
    {
        await ReachAsync();

        _reachability.Connected(0);
        Assert.False(_reachability.IsReachable);
        (await _silos.NextPingAsync()).SetException(new BackendUnavailableException("gone"));
        _time.Advance(await NextDelayAsync());
        (await _silos.NextPingAsync()).SetResult();

        await ReachableAsync(true);
    }

    [Fact]
    public async Task NewsThatComeInTheWrongOrderMendThemselves()
    {
        await ReachAsync();

        _reachability.Connected(1); // of the new connection
        _reachability.Connected(0); // of the old one, late
        (await _silos.NextPingAsync()).SetResult();

        await ReachableAsync(true);
    }

    [Fact]
    public async Task ADoubtIsSettledByOneAnswerOutOfThree()
    {
        await ReachAsync();

        _reachability.Doubt();
        for (var i = 0; i < 2; i++)
        {
            (await _silos.NextPingAsync()).SetException(new BackendUnavailableException("frozen"));
            Assert.True(_reachability.IsReachable);
            _time.Advance(await NextDelayAsync());
        }

        (await _silos.NextPingAsync()).SetResult();
        _reachability.Doubt();
        await _silos.NextPingAsync();
        Assert.True(_reachability.IsReachable);
    }

    [Fact]
    public async Task SilosThatDoNotAnswerAreLost_AndTheLogSaysWhatIsWaitedFor()
    {
        await ReachAsync();

        _reachability.Doubt();
        for (var i = 0; i < 4; i++)
        {
            (await _silos.NextPingAsync()).SetException(new InvalidOperationException("outer", new InvalidOperationException("No grain of that name.")));
            if (i is not 2) _time.Advance(await NextDelayAsync()); // after the third it goes on at once
        }

        await _silos.NextPingAsync();
        Assert.False(_reachability.IsReachable);
        Assert.Contains("Waiting for a silo of cluster dev at 127.0.0.1:30000 (Backend:Silos): No grain of that name.", _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStopDoesNotWaitForASilo()
    {
        await _connector.StartAsync(Stop);

        await _connector.StopAsync(Stop).WithinAsync("the stop of a connector that has found no silo");

        Assert.True(_client.IsStopped);
    }

    private async Task ReachAsync()
    {
        await _connector.StartAsync(Stop);
        _client.Connect();
        (await _silos.NextPingAsync()).SetResult();
        await ReachableAsync(true);
    }

    // The connector sets it right after the ping's end, on a thread of its own.
    private async Task ReachableAsync(bool expected)
    {
        for (var i = 0; _reachability.IsReachable != expected && i < 1_000_000; i++) await Task.Yield();
        Assert.Equal(expected, _reachability.IsReachable);
    }

    // Between two tries, as against the limit of a ping.
    private async Task<TimeSpan> NextDelayAsync()
    {
        while (true)
        {
            var timer = await _time.NextTimerAsync();
            if (timer == TimeSpan.FromMilliseconds(500)) return timer;
        }
    }

    private sealed class Client : IHostedService
    {
        private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsStopped { get; private set; }

        public void Connect() => _connected.SetResult();

        public Task StartAsync(CancellationToken cancellationToken) => _connected.Task.WaitAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken)
        {
            IsStopped = true;
            return Task.CompletedTask;
        }
    }

    private sealed class Silos : IBackend
    {
        private readonly Channel<TaskCompletionSource> _pings = Channel.CreateUnbounded<TaskCompletionSource>();

        public bool IsReachable => true;

        public Task<TaskCompletionSource> NextPingAsync() => _pings.Reader.ReadAsync(Stop).AsTask().WithinAsync("a ping");

        public ValueTask<IBackendConnection> OpenAsync(ConnectionId id, ConnectionOpening opening, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public async ValueTask PingAsync(CancellationToken cancellationToken)
        {
            var ping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _pings.Writer.TryWrite(ping);
            await ping.Task.WaitAsync(cancellationToken);
        }

        public ValueTask<LeaseReply> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
