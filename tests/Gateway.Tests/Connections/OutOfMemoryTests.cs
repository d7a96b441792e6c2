using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Connections;

/// <summary>
/// A connection for whose bytes there is no memory, at each place where it asks for some: over Kestrel's own transport, which has buffers
/// of its own; <see cref="SocketThreadOutOfMemoryTests"/> has it tried over the other one.
/// </summary>
public class OutOfMemoryTests
{
    // Several messages in a set; one that outgrows its buffer; echoes that are not taken at once, of which the rest is held.
    private static readonly string Small = string.Concat(Enumerable.Repeat("short\n", 5));
    private static readonly string Stream = Small
        + new string('x', 300_000) + "\n" + string.Concat(Enumerable.Repeat(new string('y', 60_000) + "\n", 80));

    private protected virtual SocketThreadGroup? Threads => null;

    // Kestrel's transport rents nothing itself: only what gathers several messages does.
    private protected virtual int LeastFailures => 1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ItEndsInOrder_AndOthersAreServed(bool forGood)
    {
        var failures = 0;
        // Later ones are the same, for other messages.
        while (await FailsAsync(new FailingPool(failures, forGood))) failures += failures < 24 ? 1 : 64;
        Assert.True(failures >= LeastFailures, $"Only {failures} rents could fail.");
    }

    /// <summary>Runs a connection to its end.</summary>
    /// <returns>Whether a rent has failed.</returns>
    private async Task<bool> FailsAsync(FailingPool pool)
    {
        var budget = new BufferBudget(long.MaxValue, pool);
        await using var rig = new GatewayRig(threads: Threads, budget: budget); // an Error in the log fails the test
        using var closed = rig.Collect("echo.gateway.connections.closed");
        var listener = await rig.ListenAsync(configure: static options => options.MaxMessageBytes = options.MaxBytesInFlight = 500_000);
        string received;
        using (var peer = await Peer.ConnectAsync(listener))
        {
            await peer.SendAsync(Small);
            received = await peer.TryReceiveAsync(Small.Length);
            var sending = peer.TrySendAsync(Stream[Small.Length..]);
            await Deadline.UntilAsync(
                () => Task.FromResult(sending.IsCompleted || budget.UsedBytes > 50_000), "echoes that are not taken to be held");
            received += await peer.TryReceiveAsync(Stream.Length - received.Length);
            await sending;
            peer.TryFinish();
            received += await peer.TryReceiveAsync(int.MaxValue);
            await Deadline.UntilAsync(() => Task.FromResult(rig.Registry.Count is 0), "the connection to end");
        }

        AssertPrefix(received, Assert.Single(closed.Counted()).Tags["echo.close.reason"]!.ToString()!);
        Assert.Equal((0, null), (budget.UsedBytes, pool.Fault));
        var hasFailed = pool.HasFailed;
        pool.IsWell = true;
        using var other = await Peer.ConnectAsync(listener);
        await other.SendAsync("hello\n");
        Assert.Equal("hello\n", await other.ReceiveAsync(6));
        return hasFailed;
    }

    /// <summary>All came back, or a part of it before the connection was closed; then, perhaps, why.</summary>
    private static void AssertPrefix(string received, string reason)
    {
        if (reason is nameof(CloseReason.PeerClosed))
        {
            Assert.Equal(Stream, received);
            return;
        }

        Assert.Equal(nameof(CloseReason.BuffersExhausted), reason);
        var words = received.LastIndexOf("-ERR ", StringComparison.Ordinal);
        if (words >= 0) Assert.StartsWith($"-ERR {reason} ", received[words..], StringComparison.Ordinal);
        var echoes = words < 0 ? received : received[..words];
        Assert.StartsWith(echoes, Stream, StringComparison.Ordinal);
        Assert.True(words <= 0 || echoes.EndsWith('\n'), "The words are within a message.");
    }
}

/// <summary>The same, with connections that live on a socket thread.</summary>
public sealed class SocketThreadOutOfMemoryTests : OutOfMemoryTests
{
    private static readonly SocketThreadGroup Group = new(1);

    private protected override SocketThreadGroup? Threads => Group;

    private protected override int LeastFailures => 24;
}
