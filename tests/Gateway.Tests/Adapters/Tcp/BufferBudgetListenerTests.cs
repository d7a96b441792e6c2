using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Adapters.Tcp;

/// <summary>
/// What peers can make a gateway hold in all, over Kestrel's own transport;
/// <see cref="SocketThreadBufferBudgetTests"/> has it tried over the other one.
/// </summary>
public class BufferBudgetListenerTests
{
    // What one of them makes the gateway hold depends on the kernel: 25 KB on socket threads, 100 over Kestrel's. Together it is nearly
    // twice the budget at least.
    private const int Peers = 150;

    private readonly FakeTimeProvider _time = new();
    private readonly BufferBudget _budget = new(2 * 1024 * 1024);

    private protected virtual SocketThreadGroup? Threads => null;

    [Fact]
    public async Task PeersThatDoNotReadAreClosed_WhoHoldMostFirst_AndOthersGoOn()
    {
        await using var rig = new GatewayRig(time: _time, threads: Threads, budget: _budget);
        var closed = rig.Collect("echo.gateway.connections.closed");
        var listener = await rig.ListenAsync(configure: WithoutTimeouts);
        using var good = await Peer.ConnectAsync(listener);
        await EchoAsync(good);
        var line = Encoding.Latin1.GetBytes(new string('x', 60_000) + "\n");
        var slow = await Task.WhenAll(Enumerable.Range(0, Peers).Select(_ => Peer.ConnectAsync(listener)));

        var flood = Task.WhenAll(slow.Select(peer => peer.SendUntilBlockedOrCutAsync(line)));
        while (!flood.IsCompleted)
        {
            Assert.InRange(_budget.UsedBytes, 0, _budget.LimitBytes);
            await EchoAsync(good);
            Tick(rig);
        }

        // What the kernel has taken from them may not have been read yet.
        await TickUntilAsync(rig, () => Ended().Count >= 10 && !_budget.IsShort);
        await EchoAsync(good);
        Assert.All(Ended(), reason => Assert.Equal(nameof(CloseReason.BuffersExhausted), reason));
        Assert.InRange(Ended().Count, 10, Peers - 5); // some of them, and not all
        foreach (var peer in slow) peer.Reset();
        await TickUntilAsync(rig, () => _budget.UsedBytes is 0);

        List<string> Ended() => [.. closed.GetMeasurementSnapshot().Where(m => m.Value > 0).Select(m => $"{m.Tags["echo.close.reason"]}")];
    }

    [Fact]
    public async Task PeersThatDoNotFinishTheirMessagesAreTold()
    {
        await using var rig = new GatewayRig(time: _time, threads: Threads, budget: _budget);
        var closed = rig.Collect("echo.gateway.connections.closed");
        var listener = await rig.ListenAsync(configure: WithoutTimeouts);
        using var good = await Peer.ConnectAsync(listener);
        var beginning = new byte[40_000];
        var slow = await Task.WhenAll(Enumerable.Range(0, Peers).Select(_ => Peer.ConnectAsync(listener)));
        foreach (var peer in slow)
        {
            await peer.SendAsync(beginning);
            Assert.InRange(_budget.UsedBytes, 0, _budget.LimitBytes);
        }

        await TickUntilAsync(
            rig, () => closed.GetMeasurementSnapshot().Sum(m => m.Value) >= 15 && _budget.UsedBytes <= _budget.LimitBytes / 4 * 3);
        await EchoAsync(good);

        // Those that are left have half of the budget, and are closed when the gateway stops.
        using var now = new CancellationTokenSource();
        var stopped = listener.StopAsync(now.Token);
        rig.Registry.RequestCloseAll();
        foreach (var peer in slow) peer.Finish();
        good.Finish();
        var told = Task.WhenAll(slow.Select(WordsAsync));
        await TickUntilAsync(rig, () => told.IsCompleted && stopped.IsCompleted);
        var words = await told;
        Assert.InRange(
            words.Count(word => word.StartsWith("-ERR BuffersExhausted this gateway's memory", StringComparison.Ordinal)), 10, Peers - 5);
        await Deadline.UntilAsync(() => Task.FromResult(_budget.UsedBytes is 0), "all that was held to be given back");
    }

    // The ticks are faster than a second: a peer may be cut off before it has been told.
    private static async Task<string> WordsAsync(Peer peer)
    {
        try
        {
            return await peer.ReceiveAllAsync();
        }
        catch (SocketException)
        {
            return "";
        }
    }

    // They would pass in no time.
    private static void WithoutTimeouts(TcpListenerOptions options) =>
        options.SendTimeoutSeconds = options.IdleTimeoutSeconds = options.FirstByteTimeoutSeconds = 0;

    private static async Task EchoAsync(Peer peer)
    {
        await peer.SendAsync("hello\n");
        Assert.Equal("hello\n", await peer.ReceiveAsync(6));
    }

    private void Tick(GatewayRig rig)
    {
        _time.Advance(CoarseClock.Resolution);
        rig.Registry.CheckAll();
    }

    private Task TickUntilAsync(GatewayRig rig, Func<bool> isSo) => Deadline.UntilAsync(
        () =>
        {
            Tick(rig);
            return Task.FromResult(isSo());
        },
        "peers to hold less");
}

/// <summary>The same, with connections that live on socket threads.</summary>
public sealed class SocketThreadBufferBudgetTests : BufferBudgetListenerTests
{
    private static readonly SocketThreadGroup Group = new(2);

    private protected override SocketThreadGroup? Threads => Group;
}
