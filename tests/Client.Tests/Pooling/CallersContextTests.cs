using System.Runtime.CompilerServices;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Client.Tests.Fakes;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Pooling;

/// <summary>A connection outlives the call that opened it: it neither needs nor keeps what that call ran in.</summary>
public sealed class CallersContextTests : IAsyncDisposable
{
    private static readonly AsyncLocal<object?> Ambient = new();

    private readonly EchoServer _server = new(Framings.LengthPrefixed);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task ThreadThatRunsNothing_DoesNotStopAPool()
    {
        await using var pool = new EchoClientPool(new EchoClientPoolOptions { Gateways = { _server.Address } });
        var request = InStuckContext(() => pool.SendAsync("hello"u8.ToArray(), Stop).AsTask());
        (await request.WithinAsync("an echo")).Dispose();
    }

    [Fact]
    public async Task ThreadThatRunsNothing_DoesNotStopAClient()
    {
        await using var client = await InStuckContext(
            () => EchoClient.ConnectAsync(_server.Address, new EchoConnectionOptions { MaxRequestsInFlight = 1 }, cancellationToken: Stop))
            .WithinAsync("the connection");
        var buffer = new byte[5];
        var requests = InStuckContext(
            () => Task.WhenAll(Enumerable.Range(0, 3).Select(_ => client.SendAsync("hello"u8.ToArray(), buffer, Stop).AsTask())));
        Assert.All(await requests.WithinAsync("the echoes"), length => Assert.Equal(buffer.Length, length));
        await InStuckContext(() => client.DisposeAsync().AsTask()).WithinAsync("the disposal");
    }

    [Fact]
    public async Task ConnectionKeepsNothingOfTheCallThatOpenedIt()
    {
        await using var pool = new EchoClientPool(new EchoClientPoolOptions { Gateways = { _server.Address } });
        var ofPool = await SendAsync(() => pool.SendAsync("hello"u8.ToArray(), Stop).AsTask());
        var clients = new List<EchoClient>();
        var ofClient = await SendAsync(async () =>
        {
            clients.Add(await EchoClient.ConnectAsync(_server.Address, cancellationToken: Stop));
            return await clients[0].SendAsync("hello"u8.ToArray(), Stop);
        });
        await using var client = clients[0];
        await Deadline.UntilAsync(
            () =>
            {
                GC.Collect();
                return Task.FromResult(!ofPool.IsAlive && !ofClient.IsAlive);
            },
            "the caller's objects to be collected");
        Assert.Equal(1, pool.ReadStatistics().Idle);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> SendAsync(Func<Task<EchoReply>> send)
    {
        var ofTheCaller = new object();
        Ambient.Value = ofTheCaller;
        (await send().WithinAsync("an echo")).Dispose();
        return new WeakReference(ofTheCaller);
    }

    // As a user interface's thread that blocks, or a context that has ended.
    private static T InStuckContext<T>(Func<T> call)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new StuckContext());
        try
        {
            return call();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private sealed class StuckContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
