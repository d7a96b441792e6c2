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
internal sealed class ConnectionPump(
    IDuplexPipe transport,
    IFrameCodec codec,
    IBackendConnection grain,
    AdmissionDecision admission,
    ConnectionLimits limits,
    GatewayMetrics.ListenerMetrics metrics,
    CoarseClock clock,
    TimeProvider time)
{
    private readonly PipeReader _input = transport.Input;
    private readonly PipeWriter _output = transport.Output;

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
        var isLastLook = false;
        Expect(waitsForFirstByte ? limits.FirstByteTimeout : limits.IdleTimeout);
        while (true)
        {
            // 1. Read what is there.
            var read = await _input.ReadAsync(CancellationToken.None); // woken by CancelPendingRead, which costs nothing per read
            var rest = read.Buffer;
            PeerHasFinished = read.IsCompleted;
            isLastLook |= read.IsCanceled && _closeRequested;
            if (waitsForFirstByte && !rest.IsEmpty)
            {
                waitsForFirstByte = false;
                Expect(limits.IdleTimeout);
            }

            // 2. Take all complete messages.
            var status = SetReader.Take(codec, ref rest, limits, ref scanned, sequence, read.IsCompleted, out var set);
            var isTruncated = !rest.IsEmpty; // before AdvanceTo gives the buffer back
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
            if (status is FrameStatus.Complete) continue; // there may be more
            if (status is FrameStatus.TooLong) return CloseReason.FrameTooLong;
            if (read.IsCompleted) return isTruncated ? CloseReason.TruncatedFrame : CloseReason.PeerClosed;
            if (isLastLook) return _requestedReason;
            if (read.IsCanceled && Expired()) return waitsForFirstByte ? CloseReason.FirstByteTimeout : CloseReason.IdleTimeout;
        }
    }

    /// <summary>The generation of the connection's permit.</summary>
    public int Generation => admission.Generation;

    /// <summary>Asks the loop to handle what has arrived and to end. From any thread; the first reason stands.</summary>
    public void RequestClose(CloseReason reason = CloseReason.Draining)
    {
        if (!_closeRequested) _requestedReason = reason;
        _closeRequested = true;
        _input.CancelPendingRead();
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
