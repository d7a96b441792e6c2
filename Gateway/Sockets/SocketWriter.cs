using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// The sending end of a connection. A flush sends at once and gives the buffer back. What the peer does not take is held, once, and whoever
/// flushes waits until the kernel has all of it: that is the backpressure. Its results are those of <see cref="Pipe"/>.
/// </summary>
internal sealed class SocketWriter(SocketConnection connection) : PipeWriter, IBuffer, IValueTaskSource<FlushResult>
{
    private Waiting _waiting;
    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private bool _isCompleted;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _end - _start;

    public int HeldBytes => _buffer.Length;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_end);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_end);
    }

    public override void Advance(int bytes)
    {
        if ((uint)bytes > (uint)(_buffer.Length - _end))
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), "There was no room for so much.");
        }

        _end += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowUnlessIdle();
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        if (_waiting.TakeCancellation()) return new(Result(isCancelled: true));
        var isHome = connection is { IsHome: true, IsKnown: true }; // the thread has to know it before it can wait for room
        if (_start == _end || connection.Fault is not null || (connection.MaySend && (isHome ? TrySend() : TrySendAbroad())))
        {
            Release();
            return new(Result());
        }

        if (isHome) Shrink();
        var version = _waiting.Begin(connection, cancellationToken);
        if (!isHome) connection.Call();
        return new(this, version);
    }

    public override void CancelPendingFlush()
    {
        _waiting.Cancel();
        connection.Call();
    }

    /// <summary>Nothing more is written. What has been, goes out when the connection is disposed of.</summary>
    public override void Complete(Exception? exception = null) => _isCompleted = true;

    /// <summary>Lets whoever waits go on if all is sent. On the thread.</summary>
    public void Serve()
    {
        if (!_waiting.IsOn) return;
        if (_waiting.IsGivenUp)
        {
            _waiting.GiveUp();
        }
        else if (_waiting.TakeCancellation())
        {
            _waiting.End(isCancelled: true);
        }
        else if (connection.Fault is not null || (connection.MaySend && TrySend()))
        {
            Release();
            _waiting.End();
        }
        else
        {
            Shrink();
        }
    }

    /// <summary>Sends what is left, if nobody writes any more. On the thread.</summary>
    /// <returns>Whether nothing is left, or nothing can be sent any more.</returns>
    public bool TrySendRest() => connection.Fault is not null || _start == _end || (connection.MaySend && TrySend());

    /// <summary>Gives the buffer back.</summary>
    public void Release()
    {
        if (_buffer.Length > 0) connection.Buffers.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => Result(_waiting.GetResult(token));

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _waiting.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiting.OnCompleted(continuation, state, token, flags);

    private FlushResult Result(bool isCancelled = false) => new(isCancelled, isCompleted: connection.Fault is not null);

    /// <returns>Whether all is sent, or nothing can be any more.</returns>
    private bool TrySend()
    {
        while (_start < _end)
        {
            var sent = connection.Send(_buffer.AsSpan(_start, _end - _start));
            if (sent < 0) return connection.Fault is not null;
            _start += sent;
        }

        return true;
    }

    /// <summary>Sends once, on another thread: what is left, and what is wrong, is the connection's thread's to find out.</summary>
    private bool TrySendAbroad()
    {
        _start += Math.Max(0, connection.SendAbroad(_buffer.AsSpan(_start, _end - _start)));
        return _start == _end;
    }

    private void MakeRoom(int sizeHint)
    {
        ThrowUnlessIdle();
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var held = _end - _start;
        if (_buffer.Length - _end < Math.Max(sizeHint, 1)) MoveTo(Math.Max(held + sizeHint, BufferSizes.Grown(held)));
    }

    // What waits for a peer that does not read must not hold a whole buffer.
    private void Shrink()
    {
        if (BufferSizes.Shrunk(_end - _start, _buffer.Length) is not { } size) return;
        try
        {
            MoveTo(size);
        }
        catch (OutOfMemoryException)
        {
            // Then it stays as large as it is.
        }
    }

    private void MoveTo(int size)
    {
        var other = connection.Buffers.Rent(size);
        var held = _end - _start;
        _buffer.AsSpan(_start, held).CopyTo(other);
        if (_buffer.Length > 0) connection.Buffers.Return(_buffer);
        (_buffer, _start, _end) = (other, 0, held);
    }

    private void ThrowUnlessIdle()
    {
        if (_isCompleted) throw new InvalidOperationException("Writing is not allowed after the writer was completed.");
        if (_waiting.IsOn) throw new InvalidOperationException("A flush is already in progress.");
    }
}
