using System.Text;
using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Tests.Adapters.Tcp;

/// <summary>
/// What only Kestrel's own transport can meet with: it takes echoes over from the pump that the peer has not. On socket threads nothing is
/// left when the pump has ended, because it is the pump that waits.
/// </summary>
public sealed class KestrelTransportTests : IDisposable
{
    private static readonly byte[] Flood = Encoding.Latin1.GetBytes(new string('x', 1023) + "\n");

    // A hundred times the connection's SendTimeoutSeconds. A pump that waits itself would do so for ever: nobody ticks.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-");

    private string SocketPath => Path.Combine(_folder.FullName, "s");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task APeerThatFinishesButDoesNotReadIsCutOffWithItsSocket()
    {
        // A Unix socket's buffers have a fixed size. Without the registry's ticks, the pump's own time-out has no part in this.
        await using var rig = new GatewayRig(new FakeBackend(() => new FakeGrain(answers: false)));
        var listener = await rig.ListenAsync("unix:" + SocketPath, configure: o => o.SendTimeoutSeconds = 0.1);

        // Where the kernel has taken the last echo after all, nothing is left to be cut off, and where it has taken less than before, the pump
        // waits itself, which is not the question: it is tried again.
        const int Attempts = 5;
        CloseReason? reason = null;
        for (var attempt = 0; attempt < Attempts && reason is null or CloseReason.PeerClosed; attempt++)
        {
            var (peer, grain) = await FillTransportAsync(rig, listener);
            using var _ = peer;
            peer.Finish();
            reason = await EndAsync(grain);
            if (reason is null) peer.Reset();
        }

        Assert.Equal(CloseReason.SendTimeout, reason);
        await listener.StopAsync(CancellationToken.None).WithinAsync("the socket of a peer that does not read to be closed");
    }

    private static async Task<CloseReason?> EndAsync(FakeGrain grain)
    {
        try
        {
            return await grain.Closed.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>
    /// Has as much echoed to a peer that reads nothing as makes the pump not wait, and is more than the kernel takes: the pump ends then,
    /// and its last echoes stand in the transport. Half of the transport's 16 KiB lies on either side, because what the kernel takes
    /// depends on how the echoes are cut; where that was not enough, it is tried again.
    /// </summary>
    private static async Task<(Peer Peer, FakeGrain Grain)> FillTransportAsync(GatewayRig rig, StreamListener listener)
    {
        const int Attempts = 5;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var first = await Peer.ConnectAsync(listener);
            var target = await EchoUnreadAsync(first, await rig.Backend.NextGrainAsync(), int.MaxValue) - 8;
            first.Reset();
            var second = await Peer.ConnectAsync(listener);
            var grain = await rig.Backend.NextGrainAsync();
            if (await EchoUnreadAsync(second, grain, target) == target) return (second, grain);
            second.Reset();
            second.Dispose();
        }

        throw new InvalidOperationException($"What the kernel took differed too much {Attempts} times.");
    }

    /// <summary>Has messages echoed one by one, and reads no echo, until one more is not taken.</summary>
    private static async Task<int> EchoUnreadAsync(Peer peer, FakeGrain grain, int limit)
    {
        for (var count = 0; count < limit; count++)
        {
            await peer.SendAsync(Flood);
            if (await grain.TryNextCallAsync() is not { } call) return count;
            call.Answer();
        }

        return limit;
    }
}
