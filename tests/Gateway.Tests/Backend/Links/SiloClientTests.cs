using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Orleans.Configuration;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Backend.Links;
using OrleansEcho.ServiceDefaults;
using OrleansEcho.ServiceDefaults.Tls;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Gateway.Tests.Backend.Links;

/// <summary>Clients of a real silo that are given up before they are connected.</summary>
public sealed class SiloClientTests : IAsyncLifetime
{
    private const int Rounds = 150;

    // Longer than it takes to connect here.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(50);

    private readonly ClusterIdentityOptions _identity = new();
    private readonly FakeLogCollector _log = new();
    private readonly ServiceProvider _services;
    private readonly IPEndPoint _silo = new(IPAddress.Loopback, FreePorts.Next());
    private readonly int _line = FreePorts.Next();
    private readonly IHost _host;

    public SiloClientTests()
    {
        _services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(TimeProvider.System)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(_log)))
            .AddClusterTls(CertificateRole.Gateway)
            .BuildServiceProvider();
        var silo = Host.CreateEmptyApplicationBuilder(null);
        silo.UseOrleans(orleans => orleans
            .UseLocalhostClustering(FreePorts.Next(), _line, null, _identity.ServiceId, _identity.ClusterId)
            .Configure<EndpointOptions>(endpoints => endpoints.GatewayListeningEndpoint = _silo)); // its address is the line's
        _host = silo.Build();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _host.StartAsync(Stop).WithinAsync("the silo to start");

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        await _services.DisposeAsync();
    }

    /// <summary>However far it has come: its connection ends with it, and nothing is read or sent with services that are gone.</summary>
    [Fact]
    public async Task GivenUp_WhileItConnects_LeavesNothingBehind()
    {
        await using var line = new CountedLine(_line, _silo);
        for (var round = 0; round < Rounds; round++) await GiveUpAsync(line);

        await Deadline.UntilAsync(() => Task.FromResult(line.Open is 0), "every connection to end");
        Assert.DoesNotContain(_log.GetSnapshot(), IsOfAConnection);
    }

    // What others of its parts say in passing no program lets through.
    private static bool IsOfAConnection(FakeLogRecord record) =>
        record.Level >= LogLevel.Error && record.Category!.StartsWith("Orleans.Runtime.Messaging", StringComparison.Ordinal);

    private async Task GiveUpAsync(CountedLine line)
    {
        var client = NewClient(line.Address);
        using var patience = new CancellationTokenSource();
        var probed = line.Next;
        var connecting = client.ConnectAsync(Deadline.Generous, patience.Token);
        await probed.WithinAsync("the client to look whether the silo is there");
        await Task.Delay(Longest * Random.Shared.NextDouble(), TimeProvider.System, Stop);
        await patience.CancelAsync();
        await client.DisposeAsync();
        await connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private SiloClient NewClient(IPEndPoint address) => new(
        address, _identity, new BackendOptions(), _services.GetRequiredService<ClusterTls>(), _services.GetRequiredService<ILoggerFactory>());

    /// <summary>A line to a silo that counts the connections which its clients have not closed.</summary>
    private sealed class CountedLine : IAsyncDisposable
    {
        private readonly LoopbackListener _listener;
        private readonly IPEndPoint _silo;
        private TaskCompletionSource _next = NewSignal();
        private int _open;

        public CountedLine(int port, IPEndPoint silo)
        {
            _silo = silo;
            _listener = new LoopbackListener(IPAddress.Loopback, CarryAsync, port);
        }

        public IPEndPoint Address => _listener.Address;

        /// <summary>Those that the client has not closed.</summary>
        public int Open => Volatile.Read(ref _open);

        /// <summary>Ends when one begins.</summary>
        public Task Next => Volatile.Read(ref _next).Task;

        public ValueTask DisposeAsync() => _listener.DisposeAsync();

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

        private async Task CarryAsync(Socket near)
        {
            Interlocked.Increment(ref _open);
            Interlocked.Exchange(ref _next, NewSignal()).SetResult();
            using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using (near)
            {
                await far.ConnectAsync(_silo, _listener.Stopping);
                var answering = CarryAsync(far, near);
                await CarryAsync(near, far);
                Interlocked.Decrement(ref _open);
                far.Dispose();
                await answering;
            }
        }

        private async Task CarryAsync(Socket from, Socket to)
        {
            var buffer = new byte[65_536];
            try
            {
                while (await from.ReceiveAsync(buffer, _listener.Stopping) is > 0 and var read)
                {
                    await to.SendAsync(buffer.AsMemory(0, read), _listener.Stopping);
                }
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // One end has gone.
            }
        }
    }
}
