using System.Diagnostics.Tracing;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Sockets;

/// <summary>What is left of peers' buffers when the peers have gone.</summary>
[Collection(Alone.Name)]
public sealed class BufferRetentionTests
{
    private const int MiB = 1024 * 1024;

    private static readonly SocketThreadGroup Threads = new(1);

    [Fact]
    public async Task MessagesOfEveryLength_OneAfterAnother_LeaveNoMoreThanAShareOfTheBudget()
    {
        var budget = new BufferBudget(32L * MiB);
        await using var rig = new GatewayRig(threads: Threads, budget: budget);
        var listener = await rig.ListenAsync(configure: static options => options.MaxMessageBytes = options.MaxBytesInFlight = 4 * MiB);
        using var shared = new LongRents();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        // Each time 16 MiB of buffers, of one length: had each length's stayed, they would be 80 MiB.
        for (var size = 128 * 1024; size <= 2 * MiB; size *= 2)
        {
            var peers = await Task.WhenAll(Enumerable.Range(0, 16 * MiB / size).Select(_ => Peer.ConnectAsync(listener)));
            await Task.WhenAll(peers.Select(peer => peer.SendAsync(new byte[size * 3 / 4])));
            await Deadline.UntilAsync(() => Task.FromResult(budget.UsedBytes >= 12 * MiB), "what was sent to be held");
            foreach (var peer in peers) peer.Reset();
            await Deadline.UntilAsync(() => Task.FromResult(budget.UsedBytes is 0), "all to be given back");
        }

        // What other tests have left may go meanwhile, so that the memory of the process is no proof alone.
        Assert.Equal(0, shared.Count);
        // And short ones, in .NET's pool.
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before <= (budget.LimitBytes / 8) + (4 * MiB));
    }

    /// <summary>Counts the arrays that .NET's own pool lends and that are longer than it may.</summary>
    private sealed class LongRents : EventListener
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name is "System.Buffers.ArrayPoolEventSource") EnableEvents(eventSource, EventLevel.Verbose);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData is { EventName: "BufferRented", Payload: [_, int size, ..] } && size > BufferSizes.Transfer)
            {
                Interlocked.Increment(ref _count);
            }
        }
    }
}
