using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Client.Tests.Fakes;

namespace OrleansEcho.Client.Tests.Pooling;

/// <summary>When a pool opens a connection, asks it whether it lives, uses it again and gives it up.</summary>
public sealed class PooledConnectionTests : IAsyncDisposable
{
    private readonly PoolRig _rig = new PoolRig().With(PoolRig.A);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task IdleConnectionIsAsked_BeforeItIsUsed()
    {
        await _rig.EchoAsync();
        var dead = await _rig.Connector.NextPeerAsync();
        _rig.Time.Advance(_rig.Options.ValidateAfter - TimeSpan.FromMilliseconds(1));
        await _rig.EchoAsync();
        Assert.Equal(0, _rig.Now.Destroyed);
        _rig.Connector.Script = static _ => Task.CompletedTask;
        dead.Finish(); // the client hears of it, whatever the clock says
        await _rig.UntilAsync(now => now.Idle is 0, "the end of the connection to be noticed");
        _rig.Connector.Script = static peer => peer.EchoAllAsync();
        await _rig.EchoAsync();
        Assert.Equal((2L, 1L), (_rig.Now.Created, _rig.Now.Destroyed));
    }

    [Fact]
    public async Task ConnectionIsAsked_WhenItsLastEchoIsOld_WhateverItWasLeasedFor()
    {
        _rig.Options.ValidateAfter = TimeSpan.FromSeconds(3);
        var questions = 0;
        _rig.Connector.Script = async peer =>
        {
            while (await peer.ReceiveAsync() is { } message)
            {
                if (message is [(byte)'.']) questions++;
                await peer.SendAsync(peer.Frame(message));
            }
        };
        await LeaseAsync(TimeSpan.FromSeconds(2), sends: false);
        Assert.Equal(1, questions); // when it was opened
        await LeaseAsync(TimeSpan.FromSeconds(2), sends: false);
        await LeaseAsync(TimeSpan.Zero, sends: true);
        Assert.Equal(2, questions); // two leases on which nothing came back have shown nothing
        await LeaseAsync(TimeSpan.FromSeconds(2), sends: true);
        await LeaseAsync(TimeSpan.Zero, sends: true);
        Assert.Equal(2, questions);

        async Task LeaseAsync(TimeSpan held, bool sends)
        {
            var lease = await _rig.AcquireAsync();
            _rig.Time.Advance(held);
            if (sends) (await lease.SendAsync("hello"u8.ToArray(), Stop)).Dispose();
            await lease.DisposeAsync();
        }
    }

    [Fact]
    public async Task SilentlyDeadConnectionsAreReplaced_AtTheCostOfOneTimeout()
    {
        var isDead = false;
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Connector.Script = async peer =>
        {
            while (await peer.ReceiveAsync() is { } message)
            {
                if (Volatile.Read(ref isDead)) isAsked.TrySetResult();
                else await peer.SendAsync(peer.Frame(message));
            }
        };
        foreach (var idle in new[] { await _rig.AcquireAsync(), await _rig.AcquireAsync(), await _rig.AcquireAsync() })
        {
            await idle.DisposeAsync();
        }

        isDead = true;
        _rig.Time.Advance(_rig.Options.ValidateAfter);
        var acquiring = _rig.Pool.AcquireAsync(Stop).AsTask();
        await isAsked.Task.WithinAsync("the validation");
        isDead = false;
        _rig.Time.Advance(_rig.Options.ValidationTimeout);
        await using var lease = await acquiring.WithinAsync("another connection");
        Assert.Equal((4L, 3L), (_rig.Now.Created, _rig.Now.Destroyed));
    }

    [Fact]
    public async Task ConnectionsAboveTheMinimumGo_WhenTheyIdle_AndOldOnesAreReplaced()
    {
        _rig.Options.MinimumSize = 1;
        await _rig.Pool.PrewarmAsync(Stop);
        var leases = new[] { await _rig.AcquireAsync(), await _rig.AcquireAsync() };
        foreach (var lease in leases) await lease.DisposeAsync();
        Assert.Equal(2, _rig.Now.Idle);
        _rig.Time.Advance(_rig.Options.IdleTimeout);
        Assert.Equal((1, 1L), (_rig.Now.Idle, _rig.Now.Destroyed));
        _rig.Time.Advance(_rig.Options.MaximumLifetime - _rig.Options.IdleTimeout);
        await _rig.UntilAsync(now => now is { Idle: 1, Created: 3, Destroyed: 2 }, "the old connection's successor");
    }

    [Fact]
    public async Task LifetimesEndUpToATenthEarly_NotTogether()
    {
        const int Size = 50;
        (_rig.Options.MinimumSize, _rig.Options.MaximumSize, _rig.Options.MaximumLifetime) = (Size, Size, TimeSpan.FromSeconds(100));
        await _rig.Pool.PrewarmAsync(Stop).WithinAsync("the connections");
        var first = _rig.Now.Created;
        _rig.Time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal((Size, 0L), (first, _rig.Now.Destroyed));
        var ends = new List<long>();
        for (var i = 0; i < 10; i++)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            ends.Add(_rig.Now.Destroyed);
        }

        Assert.Equal(Size, ends[^1]); // all of them, and none of their successors yet
        Assert.All(ends.Zip(ends.Prepend(0), static (now, before) => now - before), inASecond => Assert.InRange(inASecond, 0, Size / 3));
        Assert.True(ends.Distinct().Count() > 5, $"They end together: {string.Join(", ", ends)}.");
    }

    [Fact]
    public async Task TimedOutRequest_EndsItsConnection_WhenItIsReturned()
    {
        _rig.Connector.Script = static peer => peer.EchoOneAsync(); // the pool's own question, and nothing else
        var lease = await _rig.AcquireAsync();
        var late = lease.SendAsync("x"u8.ToArray(), Stop).AsTask();
        _rig.Time.Advance(_rig.Options.Connection.RequestTimeout);
        await Assert.ThrowsAsync<TimeoutException>(() => late);
        Assert.True(lease.IsOpen);
        await lease.DisposeAsync();
        Assert.Equal((0, 1L), (_rig.Now.Total, _rig.Now.Destroyed));
    }

    [Fact]
    public async Task SilentConnectionIsNotUsedAgain_AlsoWhenItsCallersGiveUpEarly()
    {
        _rig.Connector.Script = static peer => peer.EchoOneAsync(); // the pool's own question, and nothing else
        using var impatience = new CancellationTokenSource();
        var lease = await _rig.AcquireAsync();
        var request = lease.SendAsync("x"u8.ToArray(), impatience.Token).AsTask();
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        _rig.Time.Advance(_rig.Options.Connection.RequestTimeout);
        await lease.DisposeAsync();
        Assert.Equal((0, 1L), (_rig.Now.Total, _rig.Now.Destroyed));
    }

    [Fact]
    public async Task PrewarmingWaitsForConnections_NotForLeases()
    {
        (_rig.Options.MinimumSize, _rig.Options.MaximumSize) = (2, 2);
        await using var lease = await _rig.AcquireAsync();
        await Task.WhenAll(_rig.Pool.PrewarmAsync(Stop), _rig.Pool.PrewarmAsync(Stop)).WithinAsync("the minimum");
        Assert.Equal((1, 1), (_rig.Now.Leased, _rig.Now.Idle));
    }

    [Fact]
    public async Task PrewarmingFails_AsAcquiringDoes()
    {
        _rig.Options.MinimumSize = 1;
        _rig.Connector.Silent[PoolRig.A] = true;
        _rig.Options.Connection.ConnectTimeout = _rig.Options.AcquireTimeout + TimeSpan.FromSeconds(5);
        var late = _rig.Pool.PrewarmAsync(Stop);
        _rig.Time.Advance(_rig.Options.AcquireTimeout);
        await Assert.ThrowsAsync<EchoPoolTimeoutException>(() => late.WithinAsync("the time-out"));
        using var cancellation = new CancellationTokenSource();
        var cancelled = _rig.Pool.PrewarmAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WithinAsync("the cancellation"));
        var down = _rig.Pool.PrewarmAsync(Stop);
        _rig.Time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<EchoGatewaysDownException>(() => down.WithinAsync("the failure"));
        await _rig.Pool.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _rig.Pool.PrewarmAsync(Stop));
    }
}
