using System.Buffers;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Connections;

/// <summary>
/// One connection at work: frames go out in the order in which requests came, and the n-th echo is the n-th request's. What a request
/// shares with others is a short lock and no allocation.
/// </summary>
internal sealed class EchoSession : IAsyncDisposable
{
    // After a failed write the reason may still be on its way to be read; it comes at once or not at all.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<PendingReply> _owed = new();
    private readonly SemaphoreSlim _room;
    private readonly CancellationTokenSource _abort = new();
    private readonly Stream _stream;
    private readonly SessionOutput _output;
    private readonly RequestCount? _requests;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly string _framing;
    private readonly ITimer _timer;
    private ITimer? _lastWords;
    private long _dueAt = long.MaxValue; // of the timer; none when it is not armed
    private long? _echoedSince;
    private Exception? _writeFault;
    private SessionEnd? _end;
    private volatile bool _hasTimedOut;
    private bool _hasEchoed;

    public EchoSession(string gateway, Stream stream, IFrameCodec codec, EchoConnectionOptions options, TimeProvider time, RequestCount? requests)
    {
        (Gateway, _stream, _time, _timeout, _framing, _requests) = (gateway, stream, time, options.RequestTimeout, codec.Name, requests);
        _room = new SemaphoreSlim(options.MaxRequestsInFlight);
        _output = new SessionOutput(stream, codec, _gate, WriteFailed);
        using var own = OwnContext.Begin();
        _timer = time.CreateTimer(static session => ((EchoSession)session!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Completion = RunAsync(new ReplyLoop(stream, codec, options.MaxMessageBytes, TakeEcho));
    }

    public string Gateway { get; }

    /// <summary>The end of the connection, and why.</summary>
    public Task<SessionEnd> Completion { get; }

    public bool IsOpen => Volatile.Read(ref _end) is null;

    /// <summary>Whether an echo did not come in time, also one for which nobody waited any more: what is behind it in the stream may come late, too.</summary>
    public bool HasTimedOut => _hasTimedOut;

    /// <summary>The timestamp at which the last request that was echoed was sent: after it, the connection worked. Null before the first echo.</summary>
    public long? EchoedSince
    {
        get
        {
            lock (_gate) return _echoedSince;
        }
    }

    /// <param name="message">The message.</param>
    /// <param name="timeout">The call's own; the option's when null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public ValueTask<EchoReply> SendAsync(ReadOnlyMemory<byte> message, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<EchoReply>(cancellationToken);
        var patience = new Patience(_time, timeout, _timeout);
        return _room.Wait(0, CancellationToken.None) ? Start(message.Span, patience, cancellationToken) : WaitForRoomAsync(message, patience, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        End(new SessionEnd.Disposed());
        await _abort.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        if (_lastWords is { } lastWords) await lastWords.DisposeAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<EchoReply> WaitForRoomAsync(ReadOnlyMemory<byte> message, Patience patience, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(patience.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _room.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw LateReply(patience, "as many requests as MaxRequestsInFlight allows waited all the time");
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        return await Start(message.Span, patience, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<EchoReply> Start(ReadOnlySpan<byte> message, Patience patience, CancellationToken cancellationToken)
    {
        var pending = PendingReply.Rent(message, patience);
        var reply = pending.Task;
        SessionEnd? end;
        bool writes = false, isAlone = false;
        lock (_gate)
        {
            end = _end;
            if (end is null)
            {
                _owed.Enqueue(pending);
                _requests?.Add(1);
                writes = _output.Append(message);
                isAlone = _owed.Count is 1;
                if (patience.Deadline < _dueAt) Arm(patience.Deadline);
            }
        }

        if (end is not null)
        {
            _room.Release(); // the next one who waits for room hears of the end, too
            pending.Lost(end.ToException(Gateway));
            return reply;
        }

        pending.CancelWith(cancellationToken);
        if (writes) _output.Write(isAlone);
        return reply;
    }

    private async Task<SessionEnd> RunAsync(ReplyLoop loop)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the constructor has to have ended
        var end = await loop.RunAsync(_abort.Token).ConfigureAwait(false);
        if (end is SessionEnd.Lost && _writeFault is { } fault) end = new SessionEnd.Lost("it took no more bytes", fault);
        return End(end);
    }

    // In the loop that reads.
    private bool TakeEcho(in ReadOnlySequence<byte> payload)
    {
        PendingReply? pending;
        lock (_gate)
        {
            if (_end is not null || !_owed.TryPeek(out pending) || !pending.IsOwed(payload)) return false;
            _owed.Dequeue();
            _hasEchoed = true;
            _requests?.Add(-1);
            _echoedSince = pending.Patience.Since;
        }

        pending.Echoed();
        _room.Release();
        return true;
    }

    private SessionEnd End(SessionEnd end)
    {
        PendingReply[] owed;
        lock (_gate)
        {
            if (_end is { } first) return first;
            Volatile.Write(ref _end, end);
            owed = [.. _owed];
            _owed.Clear();
            _requests?.Add(-owed.Length);
        }

        foreach (var pending in owed)
        {
            pending.Lost(end.ToException(Gateway));
            _room.Release();
        }

        return end;
    }

    private void WriteFailed(Exception fault)
    {
        _writeFault = fault;
        if (!IsOpen) return;
        _lastWords = _time.CreateTimer(static abort => ((CancellationTokenSource)abort!).Cancel(), _abort, LastWords, Timeout.InfiniteTimeSpan);
    }

    // One timer for all: armed for the first deadline, it fires about once a time-out while there is traffic.
    private void Expire()
    {
        var now = _time.GetTimestamp();
        List<PendingReply>? late = null;
        lock (_gate)
        {
            var next = long.MaxValue;
            foreach (var pending in _owed)
            {
                // A caller who gave up earlier does not make the gateway less late.
                if (pending.Patience.OverdueAt > now) next = Math.Min(next, pending.Patience.OverdueAt);
                else _hasTimedOut = true;
                if (pending.IsDecided) continue;
                if (pending.Patience.Deadline > now) next = Math.Min(next, pending.Patience.Deadline);
                else (late ??= []).Add(pending);
            }

            _dueAt = long.MaxValue;
            if (next < long.MaxValue) Arm(next);

            // Inside the gate: a request that left the queue could be somebody else's by now.
            foreach (var pending in late ?? []) pending.TryFail(LateReply(pending.Patience, WhyLate()));
        }
    }

    private void Arm(long deadline)
    {
        _dueAt = deadline;
        var due = Math.Ceiling(_time.GetElapsedTime(_time.GetTimestamp(), deadline).TotalMilliseconds); // a timer cuts fractions off, and would come too early again and again
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(due, 0)), Timeout.InfiniteTimeSpan);
    }

    // A listener that waits for the end of a line takes a length and its payload for the beginning of one, and says nothing.
    private string WhyLate() => _hasEchoed
        ? "the gateway has not answered"
        : $"no echo has come on this connection at all; does the listener speak the framing {_framing} (Framing)?";

    private TimeoutException LateReply(in Patience patience, string why) =>
        new($"No echo from {Gateway} within {patience.Timeout.TotalSeconds:0.###} s ({(patience.IsOwn ? "the call's time-out" : "RequestTimeout")}): "
            + $"{why}{(why.EndsWith('?') ? "" : ".")}");
}
