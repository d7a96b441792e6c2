using System.IO.Pipelines;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Backend;
using OrleansEcho.Gateway.Diagnostics;
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
    TimeProvider time)
{
    // What a transport that reads ahead may have moved out of the kernel since the latest read, besides MaxBytesInFlight
    // (StreamListener.Transport).
    private const int ReadAhead = 64 * 1024;

    private readonly PipeReader _input = transport.Input;
    private readonly PipeWriter _output = transport.Output;
    private LastLook? _lastLook; // null unless the connection is about to end

    // Written by the loop, read by the ticker: what the loop waits for and until when.
    private long _deadline = long.MaxValue;
    private volatile bool _isSending;
    private volatile bool _closeRequested;
    private CloseReason _requestedReason;

    /// <summary>Whether the peer's FIN has been read: it will not be surprised by ours.</summary>
    public bool PeerHasFinished { get; private set; }

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
            var read = await _input.ReadAsync(CancellationToken.None); // woken by CancelPendingRead, which costs nothing per read
            var rest = read.Buffer;
            PeerHasFinished = read.IsCompleted;
            if (waitsForFirstByte && !rest.IsEmpty)
            {
                waitsForFirstByte = false;
                Expect(limits.IdleTimeout);
            }

            if (read.IsCanceled) _lastLook ??= BeginLastLook(rest.Length, waitsForFirstByte);

            // 2. Take all complete messages.
            var status = SetReader.Take(codec, ref rest, limits, ref scanned, sequence, read.IsCompleted, out var set);
            var isTruncated = !rest.IsEmpty; // before AdvanceTo gives the buffer back
            _lastLook?.Count(taken: read.Buffer.Length - rest.Length, held: rest.Length);
            _input.AdvanceTo(rest.Start, status is FrameStatus.Complete ? rest.Start : rest.End);

            // 3. To the grain and back, and out to the peer.
            if (set is not null)
            {
                Expect(TimeSpan.Zero); // the backend's patience bounds this wait
                var start = metrics.MeasuresDuration ? time.GetTimestamp() : 0;
                var reply = await grain.EchoAsync(set, cancellationToken);
                if (start is not 0) metrics.Took(time.GetElapsedTime(start));
                if (admission.IsVoid) return CloseReason.QuotaLost; // frozen, perhaps, since the lease ended
                if (await WriteAsync(reply) is { } fault) return fault;
                metrics.Echoed(set);
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

    /// <summary>Wakes the loop when it has waited too long. From the ticker's thread.</summary>
    public void CheckDeadline()
    {
        if (!Expired()) return;
        if (_isSending) _output.CancelPendingFlush();
        else _input.CancelPendingRead();
    }

    private async ValueTask<CloseReason?> WriteAsync(MessageSet reply)
    {
        foreach (var payload in reply) codec.Write(_output, payload);
        Expect(limits.SendTimeout);
        _isSending = true;
        try
        {
            while (true)
            {
                var flush = await _output.FlushAsync(CancellationToken.None);
                if (flush.IsCompleted) return CloseReason.PeerReset;
                if (!flush.IsCanceled) return null;
                if (Expired()) return CloseReason.SendTimeout;
            }
        }
        finally
        {
            _isSending = false;
        }
    }

    private void Expect(TimeSpan timeout) => Volatile.Write(ref _deadline, clock.After(timeout));

    private bool Expired() => clock.Now >= Volatile.Read(ref _deadline);
}
