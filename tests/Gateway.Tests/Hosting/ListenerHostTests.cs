using OrleansEcho.Gateway.Adapters;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Hosting;

public sealed class ListenerHostTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnIdlePeerIsToldThatTheGatewayStopsAndMayFinish()
    {
        await using var rig = new GatewayRig();
        var listener = rig.Listener("127.0.0.1:0");
        await using var host = rig.Host(listener);
        await host.StartAsync(Stop).WithinAsync("the listeners to start");
        using var peer = await Peer.ConnectAsync(listener);
        await peer.SendAsync("hello\n");
        await peer.ReceiveAsync(6);
        var grain = await rig.Backend.NextGrainAsync();

        var drain = host.StoppingAsync(Stop);

        const string words = "-ERR Draining this gateway is stopping; connect again to reach another\n";
        Assert.Equal(words, await peer.ReceiveAsync(words.Length));
        peer.Finish();
        Assert.Empty(await peer.ReceiveAllAsync());
        await drain.WithinAsync("the drain");
        Assert.Equal(CloseReason.Draining, await grain.Closed.WithinAsync("the grain's close"));
        Assert.Equal(0, rig.Registry.Count);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => Peer.ConnectAsync(listener));
    }

    [Fact]
    public async Task AnEchoThatIsUnderWayIsWaitedFor()
    {
        await using var rig =
            new GatewayRig(new FakeBackend(() => new FakeGrain(answers: false)), options: new() { DrainTimeoutSeconds = 60 });
        var listener = rig.Listener("127.0.0.1:0");
        await using var host = rig.Host(listener);
        await host.StartAsync(Stop).WithinAsync("the listeners to start");
        using var peer = await Peer.ConnectAsync(listener);
        await peer.SendAsync("one\n");
        var call = await (await rig.Backend.NextGrainAsync()).NextCallAsync();

        var drain = host.StoppingAsync(Stop);
        Assert.True(rig.Admission.IsDraining);
        Assert.False(drain.IsCompleted);
        call.Answer();

        Assert.Equal("one\n-ERR Draining ", await peer.ReceiveAsync("one\n-ERR Draining ".Length));
        peer.Finish();
        await drain.WithinAsync("the drain");
    }

    [Fact]
    public async Task APeerThatDoesNotReadIsAbortedAtTheDeadline()
    {
        await using var rig = new GatewayRig(options: new() { DrainTimeoutSeconds = 0.5 });
        var listener = rig.Listener("127.0.0.1:0");
        await using var host = rig.Host(listener);
        await host.StartAsync(Stop).WithinAsync("the listeners to start");
        using var peer = await Peer.ConnectAsync(listener);
        var grain = await rig.Backend.NextGrainAsync();
        await peer.SendUntilBlockedOrCutAsync(Messages.Codec("line").Frames(new string('x', 1023)));

        await host.StoppingAsync(Stop).WithinAsync("the drain");

        Assert.Equal(CloseReason.Aborted, await grain.Closed.WithinAsync("the grain's close"));
        Assert.Contains(rig.Log.GetSnapshot(), line => line.Id.Id is 2204);
    }

    [Fact]
    public async Task AnEchoThatDoesNotComeIsGivenUpAtTheDeadline()
    {
        await using var rig =
            new GatewayRig(new FakeBackend(() => new FakeGrain(answers: false)), options: new() { DrainTimeoutSeconds = 0.1 });
        var listener = rig.Listener("127.0.0.1:0");
        await using var host = rig.Host(listener);
        await host.StartAsync(Stop).WithinAsync("the listeners to start");
        using var peer = await Peer.ConnectAsync(listener);
        await peer.SendAsync("one\n");
        var grain = await rig.Backend.NextGrainAsync();
        var call = await grain.NextCallAsync();
        call.CancellationToken.UnsafeRegister(_ => call.Fail(new OperationCanceledException(call.CancellationToken)), null);

        await host.StoppingAsync(Stop).WithinAsync("the drain");

        Assert.Equal(CloseReason.Aborted, await grain.Closed.WithinAsync("the grain's close"));
    }

    [Fact]
    public async Task PeersHaveTheirTimeToFinishByThemselves()
    {
        var time = new WatchedTime();
        await using var rig = new GatewayRig(time: time, options: new() { DrainWaitSeconds = 100 });
        var listener = rig.Listener("127.0.0.1:0");
        await using var host = rig.Host(listener);
        await host.StartAsync(Stop).WithinAsync("the listeners to start");
        using var peer = await Peer.ConnectAsync(listener);
        var grain = await rig.Backend.NextGrainAsync();
        await peer.SendAsync("one\n");
        await peer.ReceiveAsync(4);

        var drain = host.StoppingAsync(Stop);
        await peer.SendAsync("two\n");
        Assert.Equal("two\n", await peer.ReceiveAsync(4));
        Assert.False(drain.IsCompleted);
        peer.Finish();

        await drain.WithinAsync("the drain");
        Assert.Equal(CloseReason.PeerClosed, await grain.Closed.WithinAsync("the grain's close"));
    }

    [Fact]
    public async Task OneThatIsOpeningHasItsTimeToFinishByItself()
    {
        var opening = new TaskCompletionSource();
        var time = new WatchedTime();
        await using var rig = new GatewayRig(time: time, options: new() { DrainWaitSeconds = 100 });
        rig.Backend.BeforeOpen = opening.Task;
        var listener = rig.Listener("127.0.0.1:0");
        await using var host = rig.Host(listener);
        await host.StartAsync(Stop).WithinAsync("the listeners to start");
        using var peer = await Peer.ConnectAsync(listener);
        await Deadline.UntilAsync(() => Task.FromResult(rig.Registry.Count is 1), "the connection to be admitted");

        var drain = host.StoppingAsync(Stop);
        opening.SetResult();

        await peer.SendAsync("one\n");
        Assert.Equal("one\n", await peer.ReceiveAsync(4));
        Assert.False(drain.IsCompleted);
        peer.Finish();
        Assert.Equal("", await peer.ReceiveAllAsync());
        await drain.WithinAsync("the drain");
    }

    [Fact]
    public async Task AllListenersStopAcceptingAtOnce()
    {
        await using var rig = new GatewayRig();
        IListener[] listeners = [rig.Listener("127.0.0.1:0"), rig.Listener("[::1]:0", "raw")];
        await using var host = rig.Host(listeners);
        await host.StartAsync(Stop).WithinAsync("the listeners to start");
        Assert.Equal(listeners, host.Listeners);
        foreach (var listener in listeners) await listener.ProbeAsync(Stop).WithinAsync("the probe");

        await host.StoppingAsync(Stop).WithinAsync("the drain");

        foreach (var listener in listeners) await Assert.ThrowsAsync<IOException>(() => listener.ProbeAsync(Stop).WithinAsync("the probe"));
    }
}
