using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace OrleansEcho.ServiceDefaults.Transport;

/// <summary>
/// One connection inside the cluster: a socket behind two pipes. Nothing waits for another thread on the way: what has been received is
/// read where it was received, and what has been written is sent by whoever flushes it.
/// </summary>
internal sealed class ClusterConnection : DefaultConnectionContext
{
    // One call carries the sets of many connections: with the usual 4 KiB it would take a dozen segments, and as many receives.
    private const int SegmentBytes = 64 * 1024;

    // Less room than this is not worth a receive.
    private const int LeastReceived = SegmentBytes / 4;

    // What may wait for a peer that does not read. Orleans keeps what comes on top of it, and it is bounded by the connections' sets.
    private const int MaxUnsent = 16 * SegmentBytes;

    // What was written last goes out in microseconds; who closes a connection does not wait for a peer that takes nothing.
    private static readonly TimeSpan LastSendTimeout = TimeSpan.FromSeconds(2);

    private readonly Socket _socket;
    private readonly PipeWriter _received;
    private readonly PipeReader _unsent;
    private readonly CancellationTokenSource _closed = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _isAborted;

    /// <summary>Takes over a socket that is connected.</summary>
    public ClusterConnection(Socket socket)
        : base(Guid.NewGuid().ToString("N"))
    {
        _socket = socket;
        (LocalEndPoint, RemoteEndPoint) = (socket.LocalEndPoint, socket.RemoteEndPoint);
        var input = new Pipe(Options(pauseAt: 0)); // who reads it is never behind: it reads within the flush
        var output = new Pipe(Options(MaxUnsent));
        (_received, _unsent) = (input.Writer, output.Reader);
        Transport = new Ends(input.Reader, output.Writer);
        ConnectionClosed = _closed.Token;
    }

    /// <summary>Begins to receive and to send.</summary>
    public void Start() => _running = RunAsync();

    /// <summary>Ends it at once. A peer that reads still gets what has been sent; for one that reads nothing, nothing is kept.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _isAborted = true;

        // The loop that waits for something to send closes the socket in order, before this returns. What the kernel has queued by then
        // goes to a peer that reads; see Close.
        _unsent.CancelPendingRead();

        // One that waits for the peer's window does not hear of that: its send ends with the socket, and a reset frees what the
        // kernel has queued. Without it a frozen peer, whose kernel goes on to acknowledge, would keep socket, pipe and Orleans'
        // client for as long as it stands still.
        _socket.Close(timeout: 0);
    }

    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync();
        await Transport.Output.CompleteAsync();
        try
        {
            await _running.WaitAsync(LastSendTimeout, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            Abort();
            await _running;
        }

        _closed.Dispose();
        await base.DisposeAsync();
    }

    private static PipeOptions Options(int pauseAt) => new(
        MemoryPool<byte>.Shared, PipeScheduler.Inline, PipeScheduler.Inline, pauseAt, pauseAt / 2, SegmentBytes,
        useSynchronizationContext: false);

    private async Task RunAsync()
    {
        var receiving = ReceiveAsync();
        var sending = SendAsync();
        await receiving;

        // On a thread of its own: who hears of it closes the connection, and waits for this loop.
        await Task.Run(_closed.Cancel);
        await sending;
    }

    private async Task ReceiveAsync()
    {
        Exception? fault = null;
        try
        {
            while (true)
            {
                var count = await _socket.ReceiveAsync(_received.GetMemory(LeastReceived), SocketFlags.None, CancellationToken.None);
                if (count is 0)
                {
                    if (_isAborted) fault = new ConnectionAbortedException(); // our own shutdown, and no peer that has finished
                    break;
                }

                _received.Advance(count);
                if (await _received.FlushAsync() is { IsCompleted: true } or { IsCanceled: true }) break;
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            fault = _isAborted ? new ConnectionAbortedException() : new ConnectionResetException(closed.Message, closed);
        }

        await _received.CompleteAsync(fault);
    }

    private async Task SendAsync()
    {
        Exception? fault = null;
        try
        {
            while (true)
            {
                var read = await _unsent.ReadAsync();
                if (read.IsCanceled) break;
                foreach (var segment in read.Buffer) await _socket.SendAsync(segment, SocketFlags.None, CancellationToken.None);
                _unsent.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) break;
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            if (!_isAborted) fault = new ConnectionResetException(closed.Message, closed);
        }

        Close();
        await _unsent.CompleteAsync(fault);
        _received.CancelPendingFlush();
    }

    private void Close()
    {
        _isAborted = true; // what the receiving meets from now on is our doing
        try
        {
            // The kernel goes on to send what is queued. A frozen peer, whose kernel answers each probe of its full window, would make it
            // keep that, and the socket, for as long as it stands still.
            ClusterSockets.LimitUnsent(_socket, LastSendTimeout);
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The peer was faster, or Abort() was.
        }

        _socket.Dispose();
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
