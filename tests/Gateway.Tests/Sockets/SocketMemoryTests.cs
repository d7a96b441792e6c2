using System.Buffers;
using System.IO.Pipelines;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Sockets;

[Collection(Alone.Name)]
public sealed class SocketMemoryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AMessageAllocatesNothing()
    {
        await using var rig = await SocketRig.ListenAsync();
        var (connection, peer) = await rig.ConnectAsync();
        using var _ = peer;
        const int Warm = 200;
        const int Messages = 1000;
        var echo = SocketRig.AtHomeAsync(async () =>
        {
            var before = 0L;
            for (var i = 0; i < Warm + Messages; i++)
            {
                if (i == Warm) before = GC.GetAllocatedBytesForCurrentThread();
                var read = await connection.Transport.Input.ReadAsync();
                foreach (var segment in read.Buffer) connection.Transport.Output.Write(segment.Span);
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                await connection.Transport.Output.FlushAsync();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        for (var i = 0; i < Warm + Messages; i++)
        {
            await peer.SendAsync("x");
            await peer.ReceiveAsync(1);
        }

        Assert.Equal(0, await echo);
    }

    [Fact]
    public async Task AnIdleConnectionIsSmall()
    {
        // The heap is the process's: what other tests have left (megabytes that the shared array pool gives up when they have not been used
        // for a minute) may fall into one round, not into most.
        var rounds = new List<long>();
        for (var round = 0; round < 5; round++) rounds.Add(await BytesOfAnIdleConnectionAsync());
        TestContext.Current.TestOutputHelper?.WriteLine($"{string.Join(", ", rounds)} bytes a connection");
        Assert.InRange(rounds.Order().ElementAt(rounds.Count / 2), 0, 1536);
    }

    private static async Task<long> BytesOfAnIdleConnectionAsync()
    {
        await using var rig = await SocketRig.ListenAsync();
        const int Count = 500;
        var peers = new List<Peer>();
        for (var i = 0; i < Count; i++) peers.Add(await Peer.ConnectAsync(rig.Address)); // nobody has accepted them yet
        var reads = new List<Task<ReadResult>>(Count); // they wait, as an idle connection's pump does
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Count; i++)
        {
            var connection = await rig.AcceptAsync();
            await peers[i].SendAsync("x");
            var read = await connection.Transport.Input.ReadAsync(Stop);
            connection.Transport.Output.Write("y"u8);
            await connection.Transport.Output.FlushAsync(Stop);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            reads.Add(connection.Transport.Input.ReadAsync(Stop).AsTask());
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        peers.ForEach(peer => peer.Finish());
        await Task.WhenAll(reads).WithinAsync("the peers' ends");
        peers.ForEach(peer => peer.Dispose());
        return bytes;
    }
}
