using System.IO.Pipelines;
using System.Numerics;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Diagnostics;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Connections;

/// <summary>
/// The loop of one connection: read what is there, send all complete messages to the grain as one set, wait, write the reply, again.
/// One set is outstanding at a time: the waiting is the backpressure, and what arrives meanwhile is the next set.
/// </summary>
/// <param name="transport">The bytes.</param>
/// <param name="countUnread">
/// How many bytes of the peer the kernel holds that the transport has not read yet. Asked for only when the connection is about to end.
/// </param>
/// <param name="settleAsync">
/// Ends when what the transport had received is in its pipe. Called only when the connection is about to end.
/// </param>
/// <param name="codec">The framing.</param>
/// <param name="grain">Who answers.</param>
/// <param name="admission">The right to go on.</param>
/// <param name="limits">The limits of the listener.</param>
/// <param name="metrics">Where to count.</param>
/// <param name="clock">What deadlines go by.</param>
/// <param name="time">What durations are measured with.</param>
/// <param name="budget">What all connections together may hold.</param>
internal sealed class ConnectionPump(
    IDuplexPipe transport,
    Func<int> countUnread,
    Func<Task> settleAsync,
    IFrameCodec codec,
    IBackendConnection grain,
    AdmissionDecision admission,
    ConnectionLimits limits,
    GatewayMetrics.ListenerMetrics metrics,
    CoarseClock clock,
    TimeProvider time,
    BufferBudget budget)
{
    // What a transport that reads ahead may have moved out of the kernel since the latest read, besides MaxBytesInFlight
    // (StreamListener.Transport).
    private const int ReadAhead = 64 * 1024;

    private readonly PipeReader _input = transport.Input;
    private readonly PipeWriter _output = transport.Output;
    private LastLook? _lastLook; // null unless the connection is about to end
    private readonly IBuffer? _inputBuffer = transport.Input as IBuffer; // null where the transport does not tell what it holds
    private readonly IBuffer? _outputBuffer = transport.Output as IBuffer;

    // Written by the loop, read by the ticker: what the loop waits for and until when.
    private long _deadline = long.MaxValue;
    private volatile TaskCompletionSource? _waitForBuffers; // not null while nothing is read because peers hold too much
    private volatile bool _isEvicted;
    private long _lastRead; // bytes
    private BufferAccount _buffers = new(budget);
    private volatile bool _isSending;
    private volatile bool _closeRequested;
    private CloseReason _requestedReason;

    /// <summary>Whether the peer's FIN has been read: it will not be surprised by ours.</summary>
    public bool PeerHasFinished { get; private set; }

    /// <summary>
    /// Whether echoes have been written that the peer has not taken all: nothing that is written now would be understood.
    /// </summary>
    public bool HasUnsentEchoes { get; private set; }

    /// <summary>How many bytes of the process's budget the connection holds. From any thread.</summary>
    public long HeldBytes => _buffers.HeldBytes;

    /// <summary>Whether it has been told to end because it holds too much. From any thread.</summary>
    public bool IsEvicted => _isEvicted;

    /// <summary>Runs until the connection is over and says why. What is written then is flushed; nothing is completed.</summary>
    /// <exception cref="Exception">The transport's and the backend's faults, for the connection's owner to name.</exception>
    public async Task<CloseReason> RunAsync(CancellationToken cancellationToken)
    {
        var scanned = 0;
        var sequence = 1L;
        var waitsForFirstByte = limits.FirstByteTimeout > TimeSpan.Zero;
        Expect(waitsForFirstByte ? limits.FirstByteTimeout : limits.IdleTimeout);
        while (true)
        {
            // 1. Read what is there.
            while (_buffers.MustWait(_lastRead) && !_isEvicted && !_closeRequested && !Expired()) await WaitForBuffersAsync();
            var read = await _input.ReadAsync(CancellationToken.None); // woken by CancelPendingRead, which costs nothing per read
            var rest = read.Buffer;
            _lastRead = rest.Length;
            PeerHasFinished = read.IsCompleted;
            if (waitsForFirstByte && !rest.IsEmpty)
            {
                waitsForFirstByte = false;
                Expect(limits.IdleTimeout);
            }

            // 2. Take all complete messages.
            FrameStatus status;
            MessageSet? set;
            try
            {
                if (read.IsCanceled) _lastLook ??= BeginLastLook(rest.Length, waitsForFirstByte);
                status = SetReader.Take(codec, ref rest, limits, ref scanned, sequence, _buffers.Pool, read.IsCompleted, out set);
            }
            catch
            {
                _input.AdvanceTo(read.Buffer.End); // whoever says why it ends reads on
                throw;
            }

            var isTruncated = !rest.IsEmpty; // before AdvanceTo gives the buffer back
            _lastLook?.Count(taken: read.Buffer.Length - rest.Length, held: rest.Length);
            _input.AdvanceTo(rest.Start, status is FrameStatus.Complete ? rest.Start : rest.End);
            var held = _inputBuffer?.HeldBytes ?? rest.Length;
            if (_isEvicted || !_buffers.TryHold(held + Weight(set, read.Buffer.Length))) return DropInput();

            // 3. To the grain and back, and out to the peer.
            if (set is not null)
            {
                Expect(TimeSpan.Zero); // the backend's patience bounds this wait
                var start = metrics.MeasuresDuration ? time.GetTimestamp() : 0;
                var reply = await grain.EchoAsync(set, cancellationToken);
                if (start is not 0) metrics.Took(time.GetElapsedTime(start));
                if (admission.IsVoid) return CloseReason.QuotaLost; // frozen, perhaps, since the lease ended
                var (messages, bytes) = (set.Count, set.Bytes.Length);
                set = null; // a peer that takes its time for the echo must not hold the message as well
                HasUnsentEchoes = true;
                foreach (var payload in reply) codec.Write(_output, payload);
                if (await FlushAsync(held, reply.Bytes.Length) is { } fault) return fault;
                HasUnsentEchoes = false;
                _buffers.TryHold(held);
                metrics.Echoed(messages, bytes);
                sequence++;
                Expect(limits.IdleTimeout);
            }

            // 4. Is it over?
            var mayBeMore = status is FrameStatus.Complete;
            if (status is FrameStatus.TooLong) return CloseReason.FrameTooLong;
            if (read.IsCompleted && !mayBeMore) return isTruncated ? CloseReason.TruncatedFrame : CloseReason.PeerClosed;
            if (_lastLook is { } look && await IsOverAsync(look, mayBeMore)) return look.Reason;
        }
    }

    /// <summary>Why it was asked to end; null when nobody has.</summary>
    public CloseReason? RequestedReason => _closeRequested ? _requestedReason : null;

    /// <summary>The generation of the connection's permit.</summary>
    public int Generation => admission.Generation;

    /// <summary>Asks the loop to handle what has arrived and to end. From any thread; the first reason stands.</summary>
    public void RequestClose(CloseReason reason = CloseReason.Draining)
    {
        if (!_closeRequested) _requestedReason = reason;
        _closeRequested = true;
        _waitForBuffers?.TrySetResult();
        _input.CancelPendingRead();
    }

    /// <summary>Begins to end, if that is why the read was cancelled. What has arrived by now is echoed first.</summary>
    private LastLook? BeginLastLook(long held, bool waitsForFirstByte)
    {
        if (!_closeRequested && !Expired()) return null;
        var reason = _closeRequested ? _requestedReason : waitsForFirstByte ? CloseReason.FirstByteTimeout : CloseReason.IdleTimeout;
        return new LastLook(reason, held + countUnread() + ReadAhead + limits.MaxBytesInFlight);
    }

    /// <summary>Whether nothing is left that had arrived. If not, the next read does not wait: it has something, or is cancelled.</summary>
    private async ValueTask<bool> IsOverAsync(LastLook look, bool mayBeMore)
    {
        if (look.IsTimeout && !Expired())
        {
            _lastLook = null; // the peer was in time
            if (_closeRequested) _input.CancelPendingRead(); // the request has found a last look under way
            return false;
        }

        if (look.HasSeenAll(mayBeMore) || (look.IsLastRead && !mayBeMore)) return true;
        if (mayBeMore || countUnread() > 0) return false;
        await settleAsync();
        look.IsLastRead = true; // gets what the transport has moved out of the kernel
        _input.CancelPendingRead();
        return false;
    }

    /// <summary>Has the connection end at once, because it is among those that hold most of the budget. From any thread.</summary>
    public void Evict()
    {
        _isEvicted = true;
        Wake();
    }

    /// <summary>
    /// What it will take, in bytes, when it is read from again, as far as can be told: nothing while it
    /// does not wait for that. From any thread.
    /// </summary>
    public long WantedBytes => _waitForBuffers is null ? 0 : Math.Max(BufferBudget.LittleBytes, 4 * _lastRead);

    /// <summary>Has it read again, if it waits because others held too much. From any thread.</summary>
    public void ReadAgain() => _waitForBuffers?.TrySetResult();

    /// <summary>All that the connection held has been given back.</summary>
    public void ReleaseBuffers() => _buffers.TryHold(0);

    /// <summary>Wakes the loop when it has waited too long. From the ticker's thread.</summary>
    public void CheckDeadline()
    {
        if (_closeRequested) ReadAgain(); // the request may have come just before the wait
        if (Expired() || _isEvicted) Wake(); // an eviction may have come between two waits
    }

    private void Wake()
    {
        _waitForBuffers?.TrySetResult();
        if (_isSending) _output.CancelPendingFlush();
        else _input.CancelPendingRead();
    }

    // The answer is no argument of it: while the peer takes its time, what was written is held once, in the transport.
    private async ValueTask<CloseReason?> FlushAsync(long heldInput, long written)
    {
        Expect(limits.SendTimeout);
        _isSending = true;
        try
        {
            while (true)
            {
                var flushing = _output.FlushAsync(CancellationToken.None);
                var isHeld = flushing.IsCompleted || _buffers.TryHold(heldInput + limits.ReadAheadBytes + (_outputBuffer?.HeldBytes ?? InPipe(written)));
                if (!isHeld) Evict();
                var flush = await flushing;
                if (flush.IsCompleted) return CloseReason.PeerReset;
                if (!flush.IsCanceled) return null;
                if (_isEvicted) return CloseReason.BuffersExhausted;
                if (Expired()) return CloseReason.SendTimeout;
            }
        }
        finally
        {
            _isSending = false;
        }
    }

    // A long answer lies in one array of a pool, and their lengths are powers of two.
    private long InPipe(long written) =>
        limits.WriteBehindBytes + (written > limits.WriteBehindBytes ? (long)BitOperations.RoundUpToPowerOf2((ulong)written) : written);

    // A set's arrays, and those of its answer, which is as long. While it is under way, a transport that reads ahead receives as much
    // again as the last read had, as a rule.
    private long Weight(MessageSet? set, long read) =>
        set is null ? 0 : (2L * (set.Bytes.Length + ((set.Lengths?.Length ?? 0) * sizeof(int)))) + Math.Min(read, limits.ReadAheadBytes);

    /// <summary>Gives back what has been read and is not taken: the connection ends.</summary>
    private CloseReason DropInput()
    {
        _input.CancelPendingRead(); // so that what is there can be read again
        if (_input.TryRead(out var all)) _input.AdvanceTo(all.Buffer.End);
        _isEvicted = true;
        _buffers.TryHold(0);
        return CloseReason.BuffersExhausted;
    }

    private async Task WaitForBuffersAsync()
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waitForBuffers = waiting; // what should have ended the wait before is found at the next tick
        await waiting.Task;
        _waitForBuffers = null;
    }

    private void Expect(TimeSpan timeout) => Volatile.Write(ref _deadline, clock.After(timeout));

    private bool Expired() => clock.Now >= Volatile.Read(ref _deadline);
}
