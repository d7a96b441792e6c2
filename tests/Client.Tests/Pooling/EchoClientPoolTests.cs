using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Pooling;
using OrleansEcho.Client.Tests.Fakes;

namespace OrleansEcho.Client.Tests.Pooling;

public sealed class EchoClientPoolTests : IAsyncDisposable
{
    private readonly PoolRig _rig = new PoolRig().With(PoolRig.A);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task ReturnedConnectionIsUsedAgain()
    {
        await EchoAsync();
        await EchoAsync();
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
        Assert.StartsWith("No connection of pool 'default' within 2 s (the call's time-out): ", (await Assert.ThrowsAsync<EchoPoolTimeoutException>(() => late)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EchoPoolTimeoutException>(() => early);
        var request = _rig.Pool.SendAsync("x"u8.ToArray(), own, Stop).AsTask();
        _rig.Time.Advance(TimeSpan.FromSeconds(1.5));
        await lease.DisposeAsync();
        await _rig.UntilAsync(now => now.Gateways[0].Requests is 1, "the request");
        _rig.Time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Contains("within 0.5 s (the call's time-out)", (await Assert.ThrowsAsync<TimeoutException>(() => request.WithinAsync("its time-out"))).Message, StringComparison.Ordinal);
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
    public async Task AllGatewaysDown_FailsAfterOneTryOfEach_AndTheNextCallerWaitsForTheNextTry()
    {
        _rig.With(PoolRig.B);
        (_rig.Connector.Down[PoolRig.A], _rig.Connector.Down[PoolRig.B]) = (true, true);
        var fault = await Assert.ThrowsAsync<EchoGatewaysDownException>(_rig.AcquireAsync);
        Assert.Contains($"{PoolRig.A} is tried again in 0.", fault.Message, StringComparison.Ordinal);
        Assert.IsType<EchoConnectException>(fault.InnerException);
        Assert.False(_rig.Now.IsHealthy);
        var next = _rig.Pool.AcquireAsync(Stop).AsTask();
        Assert.Equal((1, 1, false), (_rig.Connector.Attempts(PoolRig.A), _rig.Connector.Attempts(PoolRig.B), next.IsCompleted));
        _rig.Time.Advance(_rig.Options.FirstEjection);
        await Assert.ThrowsAsync<EchoGatewaysDownException>(() => next.WithinAsync("the next try"));
        Assert.Equal((2, 2), (_rig.Connector.Attempts(PoolRig.A), _rig.Connector.Attempts(PoolRig.B)));

        _rig.Connector.Down.Clear();
        _rig.Time.Advance(_rig.Options.FirstEjection);
        await EchoAsync();
        Assert.True(_rig.Now.IsHealthy);
        await _rig.UntilAsync(_ => _rig.Log.Collector.GetSnapshot().Any(line => line.Id.Id is 5002), "the log to say that it is back");
    }

    [Fact]
    public async Task OnlyGatewayThatWasAwayForLong_ServesWhoComesFirst()
    {
        _rig.Connector.Down[PoolRig.A] = true;
        for (var second = 0; second < 60; second++)
        {
            var callers = Enumerable.Range(0, 5).Select(_ => _rig.Pool.AcquireAsync(Stop).AsTask()).ToArray();
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            foreach (var caller in callers) await Assert.ThrowsAsync<EchoGatewaysDownException>(() => caller.WithinAsync("the failure"));
        }

        Assert.InRange(_rig.Connector.Attempts(PoolRig.A), 60, 61); // one for the callers of a moment, however many; the first ones may be two moments
        Assert.InRange(_rig.Now.Gateways[0].Failures, 50, 61);
        _rig.Connector.Down.Clear();
        var first = _rig.Pool.AcquireAsync(Stop).AsTask();
        _rig.Time.Advance(_rig.Options.FirstEjection);
        await (await first.WithinAsync("a connection")).DisposeAsync();
    }

    [Fact]
    public async Task FullCluster_IsNoGatewaysFault()
    {
        _rig.With(PoolRig.B);
        _rig.Connector.Script = static peer => peer.RefuseAsync("QuotaExceeded", "full");
        var fault = await Assert.ThrowsAsync<EchoGatewaysDownException>(_rig.AcquireAsync);
        Assert.Equal(EchoReason.QuotaExceeded, Assert.IsType<EchoRefusedException>(fault.InnerException).Reason);
        Assert.Equal(1, _rig.Connector.Attempts(PoolRig.A) + _rig.Connector.Attempts(PoolRig.B)); // the other one would say the same
        Assert.All(_rig.Now.Gateways, gateway => Assert.Equal((0, false), (gateway.Failures, gateway.IsAvailable)));
        Assert.False(_rig.Now.IsHealthy);
        _rig.Connector.Script = static peer => peer.EchoAllAsync();
        _rig.Time.Advance(_rig.Options.FirstEjection);
        await using var first = await _rig.AcquireAsync();
        await using var second = await _rig.AcquireAsync();
        Assert.NotEqual(first.Gateway, second.Gateway);
    }

    [Fact]
    public async Task OtherGatewayIsUsed_WhenOneIsDownOrRefuses()
    {
        _rig.With(PoolRig.B).Options.MaximumSize = 4;
        _rig.Connector.Down[PoolRig.A] = true;
        var leases = new[] { await _rig.AcquireAsync(), await _rig.AcquireAsync(), await _rig.AcquireAsync() };
        Assert.All(leases, lease => Assert.Equal(PoolRig.B, lease.Gateway));
        Assert.Equal(1, _rig.Connector.Attempts(PoolRig.A));
        _rig.Connector.Script = static peer => peer.RefuseAsync("TooManyConnections", "full");
        var waiting = _rig.Pool.AcquireAsync(Stop).AsTask();
        await _rig.UntilAsync(now => now.Gateways[1].Failures is 1, "the refusal");
        Assert.False(waiting.IsCompleted); // three live connections may come back: it is no time to give up
        await leases[0].DisposeAsync();
        await using var lent = await waiting.WithinAsync("the returned connection");
        Assert.Equal((PoolRig.B, 3, 3L), (lent.Gateway, _rig.Now.Leased, _rig.Now.Created));
        (await lent.SendAsync("x"u8.ToArray(), Stop)).Dispose();
    }

    [Fact]
    public async Task GatewayThatOwesLessIsNext_HoweverManyLeasesItHas()
    {
        _rig.With(PoolRig.B);
        _rig.Connector.Script = static peer => peer.EchoOneAsync(); // the pool's own question, and nothing else
        await using var busy = await _rig.AcquireAsync();
        var (owing, requests) = (await _rig.Connector.NextPeerAsync(), Enumerable.Range(0, 3).Select(_ => busy.SendAsync("x"u8.ToArray(), Stop).AsTask()).ToArray());
        for (var i = 0; i < 3; i++)
        {
            var lease = await _rig.AcquireAsync(); // each is held
            Assert.Equal(PoolRig.B, lease.Gateway);
        }

        Assert.Equal((3, 0), (_rig.Now.Gateways[0].Requests, _rig.Now.Gateways[1].Requests));
        for (var i = 0; i < 2; i++) await owing.EchoOneAsync();
        foreach (var request in requests[..2]) (await request.WithinAsync("an echo")).Dispose();
        Assert.Equal(1, _rig.Now.Gateways[0].Requests);
        owing.Reset();
        await Assert.ThrowsAsync<EchoConnectionLostException>(() => requests[2]);
        Assert.Equal(0, _rig.Now.Gateways[0].Requests);
    }

    [Fact]
    public async Task IdleConnectionIsAsked_BeforeItIsUsed()
    {
        await EchoAsync();
        var dead = await _rig.Connector.NextPeerAsync();
        _rig.Time.Advance(_rig.Options.ValidateAfter - TimeSpan.FromMilliseconds(1));
        await EchoAsync();
        Assert.Equal(0, _rig.Now.Destroyed);
        _rig.Connector.Script = static _ => Task.CompletedTask;
        dead.Finish(); // the client hears of it, whatever the clock says
        await _rig.UntilAsync(now => now.Idle is 0, "the end of the connection to be noticed");
        _rig.Connector.Script = static peer => peer.EchoAllAsync();
        await EchoAsync();
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
        foreach (var idle in new[] { await _rig.AcquireAsync(), await _rig.AcquireAsync(), await _rig.AcquireAsync() }) await idle.DisposeAsync();
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
    public async Task FailuresOfOneMomentCountOnce()
    {
        (_rig.Options.MinimumSize, _rig.Options.MaximumSize) = (8, 8);
        _rig.Connector.Down[PoolRig.A] = true;
        await _rig.UntilAsync(now => now is { Opening: 0, Gateways: [{ Failures: > 0 }] }, "the failures");
        Assert.Equal((8, 1), (_rig.Connector.Attempts(PoolRig.A), _rig.Now.Gateways[0].Failures));
        Assert.Single(_rig.Log.Collector.GetSnapshot(), line => line.Id.Id is 5001);
        _rig.Time.Advance(_rig.Options.FirstEjection);
        await _rig.UntilAsync(now => now.Gateways[0].Failures is 2, "the second try");
        Assert.Equal(9, _rig.Connector.Attempts(PoolRig.A)); // which is one
    }

    [Fact]
    public async Task PrewarmingWaitsForConnections_NotForLeases()
    {
        (_rig.Options.MinimumSize, _rig.Options.MaximumSize) = (2, 2);
        await using var lease = await _rig.AcquireAsync();
        await Task.WhenAll(_rig.Pool.PrewarmAsync(Stop), _rig.Pool.PrewarmAsync(Stop)).WithinAsync("the minimum", TimeSpan.FromSeconds(10));
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

    [Fact]
    public async Task LeaseThatIsHeldTooLong_IsLoggedWithItsOrigin()
    {
        var lease = await _rig.Pool.AcquireAsync(Stop);
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        var leak = Assert.Single(_rig.Log.Collector.GetSnapshot(), line => line.Id.Id is 5003);
        Assert.Equal(LogLevel.Warning, leak.Level);
        Assert.Contains($"leased for 60 s by {nameof(LeaseThatIsHeldTooLong_IsLoggedWithItsOrigin)} (EchoClientPoolTests.cs:", leak.Message, StringComparison.Ordinal);
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

    [Fact]
    public async Task ConnectionsFollowTheName()
    {
        await using var rig = new PoolRig().With("echo.example:7001");
        rig.Resolver["echo.example"] = "10.0.0.1";
        var old = await rig.AcquireAsync();
        rig.Resolver["echo.example"] = "10.0.0.2 10.0.0.3";
        rig.Time.Advance(rig.Options.ResolveInterval);
        Assert.Equal(["echo.example:7001 (10.0.0.2:7001)", "echo.example:7001 (10.0.0.3:7001)"], rig.Now.Gateways.Select(gateway => gateway.Gateway).Order());
        (await old.SendAsync("still there"u8.ToArray(), Stop)).Dispose();
        await old.DisposeAsync();
        Assert.Equal(1, rig.Now.Destroyed);
        await using var first = await rig.AcquireAsync();
        await using var second = await rig.AcquireAsync();
        Assert.Equal((1, 1, 1), (rig.Connector.Attempts("10.0.0.1:7001"), rig.Connector.Attempts("10.0.0.2:7001"), rig.Connector.Attempts("10.0.0.3:7001")));
    }

    [Fact]
    public async Task UnknownNameFails_AndIsAskedAgain()
    {
        await using var rig = new PoolRig().With("echo.example:7001");
        var caller = rig.Pool.AcquireAsync(Stop).AsTask(); // it may come after the first answer: then it waits for the next
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(
            "echo.example cannot be resolved",
            (await Assert.ThrowsAsync<EchoGatewaysDownException>(() => caller.WithinAsync("the resolver's answer"))).Message,
            StringComparison.Ordinal);
        rig.Resolver["echo.example"] = "10.0.0.1";
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await (await rig.AcquireAsync()).DisposeAsync();
    }

    [Fact]
    public async Task InstrumentsSayWhatTheStatisticsSay()
    {
        using var active = Collect<int>("echo.client.connections.active");
        using var idle = Collect<int>("echo.client.connections.idle");
        using var waiting = Collect<int>("echo.client.acquire.waiting");
        using var created = Collect<long>("echo.client.connections.created");
        using var destroyed = Collect<long>("echo.client.connections.destroyed");
        using var acquire = Collect<double>("echo.client.acquire.duration");
        _rig.Options.MaximumSize = 1;
        var lease = await _rig.AcquireAsync();
        var late = _rig.Pool.AcquireAsync(Stop).AsTask();
        Assert.Equal((1, 0, 1), (Read(active), Read(idle), Read(waiting)));
        _rig.Time.Advance(_rig.Options.AcquireTimeout);
        await Assert.ThrowsAsync<EchoPoolTimeoutException>(() => late);
        await lease.DisposeAsync();
        Assert.Equal((0, 1, 0), (Read(active), Read(idle), Read(waiting)));
        _rig.Time.Advance(_rig.Options.IdleTimeout);
        Assert.Equal(1, created.GetMeasurementSnapshot().EvaluateAsCounter());
        Assert.Equal("IdleTimeout", Assert.Single(destroyed.GetMeasurementSnapshot()).Tags["echo.client.close_cause"]);
        var failed = Assert.Single(acquire.GetMeasurementSnapshot(), measurement => measurement.Tags.ContainsKey("error.type"));
        Assert.Equal((10.0, nameof(EchoPoolTimeoutException), "default"), (failed.Value, failed.Tags["error.type"], failed.Tags["echo.client.pool"]));

        MetricCollector<T> Collect<T>(string name)
            where T : struct => new(_rig, "OrleansEcho.Client", name);

        static int Read(MetricCollector<int> collector)
        {
            collector.RecordObservableInstruments();
            return collector.LastMeasurement!.Value;
        }
    }

    [Fact]
    public async Task InstrumentsOfADisposedPoolSayNothing()
    {
        using var idle = new MetricCollector<int>(_rig, "OrleansEcho.Client", "echo.client.connections.idle");
        await EchoAsync();
        idle.RecordObservableInstruments();
        Assert.Single(idle.GetMeasurementSnapshot(clear: true));
        await _rig.Pool.DisposeAsync();
        idle.RecordObservableInstruments();
        Assert.Empty(idle.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task ListenerOrLoggerThatThrows_CostsNeitherAConnectionNorALease()
    {
        _rig.Options.MaximumSize = 1;
        _rig.Log.Fault = new InvalidOperationException("the log is broken");
        var thrown = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Scope == _rig) own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Throw());
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Throw());
        listener.Start();
        for (var i = 0; i < 3; i++) await EchoAsync();
        _rig.Time.Advance(_rig.Options.IdleTimeout);
        await EchoAsync();
        Assert.Equal((0, 1, 2L, 1L), (_rig.Now.Leased, _rig.Now.Idle, _rig.Now.Created, _rig.Now.Destroyed));
        Assert.Equal(7, thrown); // two openings, a close, four acquisitions
        Assert.Single(_rig.Log.Collector.GetSnapshot(), line => line.Id.Id is 5007);

        void Throw()
        {
            Interlocked.Increment(ref thrown);
            throw new InvalidOperationException("the listener is broken");
        }
    }

    [Fact]
    public async Task WhoListensToAnInstrument_MayHaveAnotherThreadReadThePool()
    {
        await EchoAsync();
        var isRead = true;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Scope == _rig && instrument.Name is "echo.client.acquire.duration") own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) =>
        {
            var reader = new Thread(() => _ = _rig.Now);
            reader.Start();
            isRead &= reader.Join(TimeSpan.FromSeconds(5));
        });
        listener.Start();
        await EchoAsync();
        Assert.True(isRead);
    }

    private async Task EchoAsync()
    {
        using var reply = await _rig.Pool.SendAsync("hello"u8.ToArray(), Stop).AsTask().WithinAsync("an echo");
        Assert.Equal("hello"u8.ToArray(), reply.Memory.ToArray());
    }
}
