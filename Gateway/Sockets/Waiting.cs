using System.Threading.Tasks.Sources;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// What one direction of a connection is waited for with. Whoever waits begins, on any thread; only the connection's thread ends it.
/// A part of its owner, not to be copied.
/// </summary>
internal struct Waiting
{
    private ManualResetValueTaskSourceCore<bool> _core; // its result: whether it was cancelled. Goes on where it is ended
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private int _isCancelled;
    private volatile bool _isOn; // what belongs to the one who waits before, and to the thread after

    /// <summary>Whether somebody waits.</summary>
    public readonly bool IsOn => _isOn;

    /// <summary>Whether the token of the one who waits is cancelled.</summary>
    public readonly bool IsGivenUp => _token.IsCancellationRequested;

    /// <summary>Whether there is a reason to end the waiting that has just begun: one that its thread may have looked at too soon.</summary>
    public readonly bool IsToEnd => _isCancelled is 1 || IsGivenUp;

    /// <summary>Begins. What may end it is to be looked at afterwards: the thread may have done so before.</summary>
    /// <param name="connection">Whose thread is called when the token is cancelled.</param>
    /// <param name="cancellationToken">Gives the waiting up.</param>
    /// <returns>The token of its task.</returns>
    public short Begin(SocketConnection connection, CancellationToken cancellationToken)
    {
        _core.Reset();
        var version = _core.Version;
        _token = cancellationToken;
        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(static connection => ((SocketConnection)connection!).Call(), connection);
        _isOn = true;
        Interlocked.MemoryBarrier(); // either the thread sees that somebody waits, or whoever waits what has come
        return version;
    }

    /// <summary>Ends the waiting.</summary>
    /// <param name="isCancelled">Whether nothing but a cancellation ends it.</param>
    public void End(bool isCancelled = false)
    {
        Stop();
        _core.SetResult(isCancelled);
    }

    /// <summary>Ends the waiting with an exception.</summary>
    public void Fail(Exception fault)
    {
        Stop();
        _core.SetException(fault);
    }

    /// <summary>Ends the waiting because its token is cancelled.</summary>
    public void GiveUp() => Fail(new OperationCanceledException(_token));

    /// <summary>Cancels this waiting, or the next one. From any thread; the connection's has to be called.</summary>
    public void Cancel() => Volatile.Write(ref _isCancelled, 1);

    /// <summary>Whether it was cancelled: once for a <see cref="Cancel"/>.</summary>
    public bool TakeCancellation() => Volatile.Read(ref _isCancelled) is 1 && Interlocked.Exchange(ref _isCancelled, 0) is 1;

    public bool GetResult(short token) => _core.GetResult(token);

    public readonly ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Stop()
    {
        _registration.Unregister(); // a call that is under way already finds nothing to do
        (_registration, _token) = (default, default);
        _isOn = false;
    }
}
