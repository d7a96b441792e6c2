using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using OrleansEcho.ServiceDefaults.Transport;

namespace OrleansEcho.ServiceDefaults.Tests.Transport;

/// <summary>
/// A connection inside the cluster ends when it is told to, whatever its peer does: over real sockets, with a peer that reads nothing.
/// </summary>
public sealed class ClusterConnectionTests : IDisposable
{
    // More than both kernels' buffers and the pipe hold together.
    private const int MoreThanFits = 64 * 1024 * 1024;

    private const string KernelsConnections = "/proc/net/tcp";

    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClusterConnectionTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Abort_EndsASendThatWaitsForThePeersWindow_AndTheSocketWithIt()
    {
        var (connection, peer) = await ConnectAsync();
        using var _ = peer;
        var writing = await FillAsync(connection, peer);
        connection.Abort(new ConnectionAbortedException("The silo is given up."));
        await ClosedAsync(connection);
        await writing.WithinAsync("the writer to be let go", AtOnce);
        await connection.DisposeAsync().AsTask().WithinAsync("the connection to be disposed of", AtOnce);
        Assert.Equal(SocketError.ConnectionReset, await ReadToEndAsync(peer)); // the kernel keeps nothing for a peer that may never read
    }

    // Nothing waits for the window then but the kernel, after the socket has been closed in order.
    [Fact]
    public async Task NothingIsKeptForAPeerThatReadsNothing_WhenAllThatWasSentFitsTheKernelsQueue()
    {
        Assert.SkipUnless(File.Exists(KernelsConnections), "What the kernel holds is looked up on Linux.");
        const int Sent = 300_000;
        _listener.ReceiveBufferSize = 4096; // what is accepted has it, too
        foreach (var isAborted in (bool[])[true, false])
        {
            var (connection, peer) = await ConnectAsync();
            using var _ = peer;
            var ends = (Kernels(connection.LocalEndPoint), Kernels(connection.RemoteEndPoint));
            await connection.Transport.Output.WriteAsync(new byte[Sent], Cancelled);
            await Deadline.UntilAsync(() => Task.FromResult(Unsent(ends) + peer.Available is Sent), "all to be in the kernels");

            if (isAborted) connection.Abort(new ConnectionAbortedException("The silo is given up."));
            await connection.DisposeAsync().AsTask().WithinAsync("the connection to be disposed of", AtOnce);

            await Deadline.UntilAsync(() => Task.FromResult(Unsent(ends) is null), "the kernel to let go of it", Deadline.Promised(2));
            Assert.Equal(SocketError.ConnectionReset, await ReadToEndAsync(peer));
        }
    }

    [Fact]
    public async Task Abort_LetsAPeerThatReadsHaveWhatWasSent()
    {
        var (connection, peer) = await ConnectAsync();
        using var _ = peer;
        await connection.Transport.Output.WriteAsync(new byte[100_000], Cancelled);
        connection.Abort(new ConnectionAbortedException("The silo stops."));
        await ClosedAsync(connection);
        await connection.DisposeAsync();
        Assert.Equal(SocketError.Success, await ReadToEndAsync(peer, expected: 100_000));
    }

    [Fact]
    public async Task Abort_EndsAConnectionWhosePeerIsSilent()
    {
        var (connection, peer) = await ConnectAsync();
        using var _ = peer;
        var reading = connection.Transport.Input.ReadAsync(Cancelled).AsTask();
        connection.Abort(new ConnectionAbortedException("The silo is given up."));
        await ClosedAsync(connection);
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WithinAsync("the reader to hear of it"));
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Disposal_DoesNotWaitForAPeerThatReadsNothing()
    {
        var (connection, peer) = await ConnectAsync();
        using var _ = peer;
        await FillAsync(connection, peer);
        connection.Transport.Output.CancelPendingFlush();
        await connection.DisposeAsync().AsTask().WithinAsync("the connection to be disposed of", AtOnce);
    }

    private async Task<(ConnectionContext Connection, Socket Peer)> ConnectAsync()
    {
        var accepting = _listener.AcceptAsync(Cancelled);
        var connection = await new ClusterConnector().ConnectAsync(_listener.LocalEndPoint!, Cancelled);
        return (connection, await accepting);
    }

    // How many bytes the kernel holds that the peer's has not acknowledged; null when it has no such connection any more.
    private static int? Unsent((string Local, string Remote) ends)
    {
        // By both ends: others may have had the same port at this end, and are remembered for a minute.
        var found = File.ReadLines(KernelsConnections)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(fields => (fields[1], fields[2]) == ends);
        return found is null ? null : int.Parse(found[4].Split(':')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static string Kernels(EndPoint? end) => $"0100007F:{((IPEndPoint)end!).Port:X4}"; // 127.0.0.1, as proc(5) writes it

    // Writes until nothing moves any more; what it returns ends when the writer is let go.
    private static async Task<Task> FillAsync(ConnectionContext connection, Socket peer)
    {
        var writing = WriteAsync(connection);
        var arrived = -1;
        await Deadline.UntilAsync(
            () =>
            {
                var before = arrived;
                arrived = peer.Available;
                return Task.FromResult(arrived > 0 && arrived == before);
            },
            "the peer's window to be full");
        Assert.False(writing.IsCompleted);
        return writing;
    }

    private static async Task WriteAsync(ConnectionContext connection)
    {
        for (var sent = 0; sent < MoreThanFits; sent += 65_536)
        {
            var flushed = await connection.Transport.Output.WriteAsync(new byte[65_536], Cancelled);
            if (flushed.IsCompleted || flushed.IsCanceled) return;
        }
    }

    private static async Task ClosedAsync(ConnectionContext connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = connection.ConnectionClosed.Register(closed.SetResult);
        await closed.Task.WithinAsync("the connection to be closed", AtOnce);
    }

    private static async Task<SocketError> ReadToEndAsync(Socket peer, int? expected = null)
    {
        var buffer = new byte[1024 * 1024];
        var total = 0;
        try
        {
            for (int count; (count = await peer.ReceiveAsync(buffer, SocketFlags.None, Cancelled).AsTask().WithinAsync("the end")) > 0;)
            {
                total += count;
            }
        }
        catch (SocketException fault)
        {
            return fault.SocketErrorCode;
        }

        if (expected is not null) Assert.Equal(expected, total);
        return SocketError.Success;
    }
}
