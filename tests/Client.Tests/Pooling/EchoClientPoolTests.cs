using Microsoft.Extensions.Logging;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Client.Tests.Fakes;

namespace OrleansEcho.Client.Tests.Pooling;

/// <summary>What who leases a connection has of it, who waits for one hears, and a pool owes both when it ends.</summary>
public sealed class EchoClientPoolTests : IAsyncDisposable
{
    private readonly PoolRig _rig = new PoolRig().With(PoolRig.A);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task ReturnedConnectionIsUsedAgain()
    {
        await _rig.EchoAsync();
        await _rig.EchoAsync();
        Assert.Equal((1, 1, 0L), (_rig.Now.Idle, (int)_rig.Now.Created, _rig.Now.Destroyed));
    }

    [Fact]
    public async Task LeaseIsOver_AfterItsReturn_AlsoWhenSomebodyElseHasTheConnection()
    {
        var old = await _rig.AcquireAsync();
        var copy = old;
        await old.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await old.SendAsync("x"u8.ToArray(), Stop));
        await old.DisposeAsync();
        Assert.Equal((0, 1), (_rig.Now.Leased, _rig.Now.Idle));
        await using var other = await _rig.AcquireAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await copy.SendAsync("x"u8.ToArray(), Stop));
        await copy.DisposeAsync();
        Assert.Equal(1, _rig.Now.Leased);
        (await other.SendAsync("x"u8.ToArray(), Stop)).Dispose();
    }

    [Fact]
    public async Task WhoWaitsTooLong_HearsWhoHoldsWhat()
    {
        _rig.Options.MaximumSize = 2;
        await using var first = await _rig.AcquireAsync();
        _rig.Time.Advance(TimeSpan.FromSeconds(5));
        await using var second = await _rig.AcquireAsync();
        var late = _rig.Pool.AcquireAsync(Stop).AsTask();
        Assert.Equal(1, _rig.Now.Waiting);
        _rig.Time.Advance(_rig.Options.AcquireTimeout);
        var fault = await Assert.ThrowsAsync<EchoPoolTimeoutException>(() => late.WithinAsync("the time-out"));
        Assert.StartsWith(
            "No connection of pool 'default' within 10 s (AcquireTimeout): 2 of 2 are leased (2 by AcquireAsync (PoolRig.cs:",
            fault.Message,
            StringComparison.Ordinal);
        Assert.Contains("), the longest for 15.0 s); 0 are being opened", fault.Message, StringComparison.Ordinal);
        Assert.Equal((2, 0), (fault.Statistics.Leased, fault.Statistics.Waiting));
    }

    [Fact]
    public async Task CallsOwnTimeoutIsForAllOfIt()
    {
        _rig.Options.MaximumSize = 1;
        _rig.Connector.Script = static peer => peer.EchoOneAsync(); // the pool's own question, and nothing else
        var own = TimeSpan.FromSeconds(2);
        var lease = await _rig.AcquireAsync();
        var late = _rig.Pool.AcquireAsync(own, Stop).AsTask();
        var early = _rig.Pool.SendAsync("x"u8.ToArray(), own, Stop).AsTask();
        _rig.Time.Advance(own);
        Assert.StartsWith("No connection of pool 'default' within 2 s (the call's time-out): ",
            (await Assert.ThrowsAsync<EchoPoolTimeoutException>(() => late)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EchoPoolTimeoutException>(() => early);
        var request = _rig.Pool.SendAsync("x"u8.ToArray(), own, Stop).AsTask();
        _rig.Time.Advance(TimeSpan.FromSeconds(1.5));
        await lease.DisposeAsync();
        await _rig.UntilAsync(now => now.Gateways[0].Requests is 1, "the request");
        _rig.Time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Contains("within 0.5 s (the call's time-out)",
            (await Assert.ThrowsAsync<TimeoutException>(() => request.WithinAsync("its time-out"))).Message, StringComparison.Ordinal);
        Assert.Equal((1, 0L), (_rig.Now.Idle, _rig.Now.Destroyed));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _rig.Pool.AcquireAsync(TimeSpan.Zero, Stop));
    }

    [Fact]
    public async Task WhoWaitsIsServedInOrder_AndACancelledOneIsPassedOver()
    {
        _rig.Options.MaximumSize = 1;
        using var cancellation = new CancellationTokenSource();
        var lease = await _rig.AcquireAsync();
        var waiting = new[] { Acquire(Stop), Acquire(cancellation.Token), Acquire(Stop) };
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[1]);
        await lease.DisposeAsync();
        lease = await waiting[0].WithinAsync("the first one's connection");
        Assert.False(waiting[2].IsCompleted);
        await lease.DisposeAsync();
        await (await waiting[2].WithinAsync("the third one's connection")).DisposeAsync();

        Task<EchoLease> Acquire(CancellationToken cancellationToken) => _rig.Pool.AcquireAsync(cancellationToken).AsTask();
    }

    [Fact]
    public async Task LeaseThatIsHeldTooLong_IsLoggedWithItsOrigin()
    {
        var lease = await _rig.Pool.AcquireAsync(Stop);
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        var leak = Assert.Single(_rig.Log.Collector.GetSnapshot(), line => line.Id.Id is 5003);
        Assert.Equal(LogLevel.Warning, leak.Level);
        Assert.Contains($"leased for 60 s by {nameof(LeaseThatIsHeldTooLong_IsLoggedWithItsOrigin)} (EchoClientPoolTests.cs:", leak.Message,
            StringComparison.Ordinal);
        await lease.DisposeAsync();
        Assert.Single(_rig.Log.Collector.GetSnapshot(), line => line.Id.Id is 5004);
    }

    [Fact]
    public async Task DisposalWaitsForLeases_AndEndsThoseWhoWait()
    {
        _rig.Options.MaximumSize = 1;
        var lease = await _rig.AcquireAsync();
        var waiting = _rig.Pool.AcquireAsync(Stop).AsTask();
        var disposal = _rig.Pool.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _rig.Pool.AcquireAsync(Stop));
        (await lease.SendAsync("last"u8.ToArray(), Stop)).Dispose();
        Assert.False(disposal.IsCompleted);
        await lease.DisposeAsync();
        await disposal.WithinAsync("the drain");
        Assert.Equal((0, 1L, 1L), (_rig.Now.Total, _rig.Now.Created, _rig.Now.Destroyed));
    }

    [Fact]
    public async Task DisposalClosesLeasedConnections_AfterTheDrainTimeout()
    {
        var lease = await _rig.AcquireAsync();
        var disposal = _rig.Pool.DisposeAsync().AsTask();
        _rig.Time.Advance(_rig.Options.DrainTimeout);
        await disposal.WithinAsync("the end of the drain");
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await lease.SendAsync("x"u8.ToArray(), Stop));
        await lease.DisposeAsync();
        Assert.Single(_rig.Log.Collector.GetSnapshot(), line => line.Id.Id is 5006);
    }
}
