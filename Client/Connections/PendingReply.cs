using System.Threading.Tasks.Sources;

namespace OrleansEcho.Client.Connections;

/// <summary>
/// A request that waits for its echo. It has two owners: the queue of what the gateway owes, in which it keeps its place even when nobody
/// waits any more, and whoever awaits it. When both have let go it is reset and used again.
/// </summary>
internal sealed class PendingReply : IValueTaskSource<EchoReply>
{
    private static readonly ReusePool<PendingReply> Unused = new(static () => new PendingReply());

    // A caller's continuation must not run in the loop that reads for all callers.
    private ManualResetValueTaskSourceCore<EchoReply> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private ReplyBuffer? _owed;
    private int _isDecided;
    private int _isTaken;
    private int _owners;

    private PendingReply()
    {
    }

    /// <summary>How long it is waited for.</summary>
    public Patience Patience { get; private set; }

    /// <summary>Whether it has its result already, such as a cancellation.</summary>
    public bool IsDecided => Volatile.Read(ref _isDecided) is not 0;

    /// <summary>What the caller awaits, once.</summary>
    public ValueTask<EchoReply> Task => new(this, _core.Version);

    public static PendingReply Rent(ReadOnlySpan<byte> message, in Patience patience)
    {
        var pending = Unused.Take();
        pending._owed = ReplyBuffer.Rent(message);
        pending._owners = 2;
        pending.Patience = patience;
        return pending;
    }

    /// <summary>Lets a token end the waiting. Called before the caller has the task, so that it cannot be used again meanwhile.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled) return;
        _registration = cancellationToken.UnsafeRegister(static (state, token) => ((PendingReply)state!).TryFail(new OperationCanceledException(token)), this);
    }

    /// <summary>Whether these bytes are the echo. For the loop that reads, before it lets go.</summary>
    public bool IsOwed(in System.Buffers.ReadOnlySequence<byte> payload) => _owed!.Matches(payload);

    /// <summary>The echo has come: hands it over, or drops it when nobody waits, and lets the queue go.</summary>
    public void Echoed()
    {
        if (TryDecide())
        {
            var reply = new EchoReply(_owed!);
            _owed = null; // the caller's from now on
            _core.SetResult(reply);
        }

        Release();
    }

    /// <summary>No echo will come: tells whoever waits, and lets the queue go.</summary>
    public void Lost(Exception fault)
    {
        TryFail(fault);
        Release();
    }

    /// <summary>Ends the waiting with a fault, if it has not ended; the place in the queue stays.</summary>
    public bool TryFail(Exception fault)
    {
        if (!TryDecide()) return false;
        _core.SetException(fault);
        return true;
    }

    EchoReply IValueTaskSource<EchoReply>.GetResult(short token)
    {
        // Too early, or a second time, is the caller's mistake; letting go for it would give away what the queue still has.
        if (_core.GetStatus(token) is ValueTaskSourceStatus.Pending || Interlocked.Exchange(ref _isTaken, 1) is not 0)
            throw new InvalidOperationException("A request is awaited once, and its result taken when it is there.");
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _registration.Dispose(); // waits for a callback that runs: none comes after the reset
            Release();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<EchoReply>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<EchoReply>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private bool TryDecide() => Interlocked.Exchange(ref _isDecided, 1) is 0;

    private void Release()
    {
        if (Interlocked.Decrement(ref _owners) > 0) return;
        if (_owed is { } owed) owed.Return(owed.Generation);
        (_owed, _registration) = (null, default);
        _core.Reset();
        (_isTaken, _isDecided) = (0, 0);
        Unused.Give(this);
    }
}
