using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// The receiving end of a connection. It never reads ahead: it receives when somebody wants to read, into a rented buffer that the next
/// connection's bytes get when these have been consumed. Its results are those of <see cref="Pipe"/>.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="maxReceived">How many bytes are received at once at most; at least <see cref="BufferSizes.Transfer"/> all the same.</param>
internal sealed class SocketReader(SocketConnection connection, int maxReceived) : PipeReader, IBuffer, IValueTaskSource<ReadResult>
{
    private Waiting _waiting;
    private byte[] _buffer = [];
    private int _start;
    private int _examined;
    private int _end;
    private bool _isReading;
    private bool _isAtEnd;
    private bool _isCompleted;

    public int HeldBytes => _buffer.Length;

    private bool IsReady => _examined < _end || _isAtEnd;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowUnlessIdle();
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        if (connection.Fault is { } fault) return ValueTask.FromException<ReadResult>(fault);
        if (_waiting.TakeCancellation()) return new(Read(isCancelled: true));
        if (IsReady) return new(Read());
        var isHome = connection.IsHome;
        var waitsForTurn = false;
        if (isHome && connection.MayReceive)
        {
            waitsForTurn = !connection.TryTakeTurn();
            if (!waitsForTurn && TryReceive()) return new(Read());
            if (connection.Fault is { } broken) return ValueTask.FromException<ReadResult>(broken);
        }

        var version = _waiting.Begin(connection, cancellationToken);
        if (waitsForTurn || !connection.IsKnown || (!isHome && (connection.MayReceive || connection.Fault is not null || _waiting.IsToEnd)))
        {
            connection.Call();
        }

        return new(this, version);
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowUnlessIdle();
        result = default;
        if (connection.Fault is { } fault) throw fault;
        var isCancelled = _waiting.TakeCancellation();
        if (!isCancelled && !IsReady && !(connection.IsHome && connection.MayReceive && TryReceive())) return false;
        result = Read(isCancelled);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isReading) throw new InvalidOperationException("There is nothing to advance over: nothing has been read.");
        var (start, seen) = (consumed.GetInteger(), examined.GetInteger());
        if (start < _start || seen < start || seen > _end)
        {
            throw new ArgumentOutOfRangeException(nameof(consumed), "It is not in what was read.");
        }

        _isReading = false;
        (_start, _examined) = (start, seen);
        if (_start == _end) Release();
        else Shrink();
    }

    public override void CancelPendingRead()
    {
        _waiting.Cancel();
        connection.Call();
    }

    public override void Complete(Exception? exception = null)
    {
        if (_isCompleted) return;
        _isCompleted = true;
        _isReading = false;
        if (!_waiting.IsOn) Release();
    }

    /// <summary>Lets whoever waits go on if there is what it waits for. On the thread.</summary>
    public void Serve()
    {
        if (!_waiting.IsOn) return;
        if (_waiting.IsGivenUp) _waiting.GiveUp();
        else if (connection.Fault is { } fault) _waiting.Fail(fault);
        else if (_waiting.TakeCancellation()) _waiting.End(isCancelled: true);
        else if (IsReady) _waiting.End();
        else if (connection.MayReceive && !connection.TryTakeTurn()) connection.Call();
        else if (connection.MayReceive) ReceiveForWaiting();
    }

    /// <summary>Gives the buffer back, unless somebody still reads what is in it.</summary>
    public void Release()
    {
        if (_buffer.Length > 0 && !_isReading) connection.Buffers.Return(_buffer);
        _buffer = [];
        _start = _examined = _end = 0;
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => Read(_waiting.GetResult(token));

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _waiting.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiting.OnCompleted(continuation, state, token, flags);

    private void ReceiveForWaiting()
    {
        bool isReady;
        try
        {
            isReady = TryReceive();
        }
        catch (OutOfMemoryException fault)
        {
            _waiting.Fail(fault); // the connection's own matter: the thread's others go on
            return;
        }

        if (isReady) _waiting.End();
        else if (connection.Fault is { } broken) _waiting.Fail(broken);
    }

    private ReadResult Read(bool isCancelled = false)
    {
        _isReading = true;
        return new(new(_buffer, _start, _end - _start), isCancelled, _isAtEnd);
    }

    /// <summary>Receives what is there, on the thread: once, unless so much is there that it does not fit, and may come at once.</summary>
    private bool TryReceive()
    {
        var count = 0;
        do
        {
            MakeRoom();
            var received = connection.Receive(_buffer.AsSpan(_end));
            if (received < 0) break;
            if (received is 0) _isAtEnd = true;
            _end += received;
            count += received;
        }
        while (_end == _buffer.Length && count < maxReceived && connection.MayReceive);

        if (_start == _end) Release();
        return IsReady;
    }

    private void MakeRoom()
    {
        if (_buffer.Length - _end < BufferSizes.LeastReceived) MoveTo(BufferSizes.Grown(_end - _start));
    }

    // A peer that takes its time for a message must not hold a whole buffer.
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
        (_buffer, _start, _examined, _end) = (other, 0, _examined - _start, held);
    }

    private void ThrowUnlessIdle()
    {
        if (_isCompleted) throw new InvalidOperationException("Reading is not allowed after the reader was completed.");
        if (_isReading || _waiting.IsOn) throw new InvalidOperationException("Reading is already in progress.");
    }
}
