using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Tests.Fakes;

namespace OrleansEcho.Client.Tests.Pooling;

/// <summary>Which gateway a pool goes to, and what it makes of one that is down, refuses or owes echoes.</summary>
public sealed class PoolGatewaysTests : IAsyncDisposable
{
    private readonly PoolRig _rig = new PoolRig().With(PoolRig.A);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

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
        await _rig.EchoAsync();
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

        // One for the callers of a moment, however many; the first ones may be two moments.
        Assert.InRange(_rig.Connector.Attempts(PoolRig.A), 60, 61);
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
        var (owing, requests) = (await _rig.Connector.NextPeerAsync(), Enumerable.Range(
            0, 3).Select(_ => busy.SendAsync("x"u8.ToArray(), Stop).AsTask()).ToArray());
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
    public async Task ConnectionsFollowTheName()
    {
        await using var rig = new PoolRig().With("echo.example:7001");
        rig.Resolver["echo.example"] = "10.0.0.1";
        var old = await rig.AcquireAsync();
        rig.Resolver["echo.example"] = "10.0.0.2 10.0.0.3";
        rig.Time.Advance(rig.Options.ResolveInterval);
        Assert.Equal(["echo.example:7001 (10.0.0.2:7001)", "echo.example:7001 (10.0.0.3:7001)"],
            rig.Now.Gateways.Select(gateway => gateway.Gateway).Order());
        (await old.SendAsync("still there"u8.ToArray(), Stop)).Dispose();
        await old.DisposeAsync();
        Assert.Equal(1, rig.Now.Destroyed);
        await using var first = await rig.AcquireAsync();
        await using var second = await rig.AcquireAsync();
        Assert.Equal((1, 1, 1),
            (rig.Connector.Attempts("10.0.0.1:7001"), rig.Connector.Attempts("10.0.0.2:7001"), rig.Connector.Attempts("10.0.0.3:7001")));
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
}
