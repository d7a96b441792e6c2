using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OrleansEcho.ServiceDefaults.Listening;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// A socket that listens. It lives on a socket thread, as its connections do, which are dealt out to all of them: whoever accepts there in
/// a loop begins with each connection where it has been accepted.
/// </summary>
internal sealed partial class SocketListener : IConnectionListener, IValueTaskSource<ConnectionContext?>, IThreadPoolWorkItem,
SocketThread.IServed
{
    // How many are accepted in a round, before those that are there have their turn.
    private const int MaxTurns = 64;

    // How many are accepted of those that have connected before it was unbound: as many as wait by default. Who comes
    // faster than that must not keep it open.
    private const int MaxLast = 4096;

    private readonly SocketThreadGroup _threads;
    private readonly SocketThread _thread;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly int _maxReceived;
    private readonly ArrayPool<byte> _buffers;
    private readonly SocketAddress _peer; // of the one that is being accepted
    private readonly AcceptBackoff _backoff;
    private readonly ILogger _logger;
    private readonly ITimer _pause;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<ConnectionContext?> _core; // goes on where it is ended: on the thread
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private int? _slot;
    private int _round;
    private int _turns;
    private int _left = MaxLast;
    private bool _mayAccept;
    private bool _isPaused;
    private bool _comesBack;
    private bool _isClosing;
    private volatile bool _isWaiting; // what belongs to whoever accepts before, and to the thread after
    private volatile bool _isUnbound;

    /// <summary>Takes over a socket that listens.</summary>
    /// <param name="threads">Where connections live.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="maxReceived">How many bytes a connection receives at once at most.</param>
    /// <param name="buffers">Where connections' buffers come from.</param>
    /// <param name="backoff">What is done when nothing can be accepted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to say what cannot be accepted.</param>
    /// <exception cref="IOException">The kernel does not let it wait for connections.</exception>
    public SocketListener(
        SocketThreadGroup threads, Socket socket, int maxReceived, ArrayPool<byte> buffers, AcceptBackoff backoff, TimeProvider time,
        ILogger<SocketListener> logger)
    {
        (_threads, _thread, _socket, _maxReceived, _buffers, _backoff, _logger) =
            (threads, threads.Next(), socket, maxReceived, buffers, backoff, logger);
        EndPoint = socket.LocalEndPoint!;
        _peer = new SocketAddress(socket.AddressFamily, SocketAddress.GetMaximumAddressSize(socket.AddressFamily));
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        // A peer may be gone before it is accepted.
        if (Libc.Control(_descriptor, Libc.SetFlags, Libc.NonBlocking) < 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        _pause = time.CreateTimer(
            static listener => ((SocketListener)listener!).Retry(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public EndPoint EndPoint { get; }

    private bool IsClosed => _closed.Task.IsCompleted;

    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ConnectionContext?>(cancellationToken);
        var isHome = SocketThread.Current == _thread;
        if (isHome && _mayAccept && !IsClosed && TryTakeTurn() && TryAccept() is { } connection) return new(connection);
        _core.Reset();
        var version = _core.Version;
        _token = cancellationToken;
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static listener => ((SocketListener)listener!).Call(), this);
        }

        _isWaiting = true;
        if (!isHome) Call();
        else if (_isUnbound || _mayAccept || _slot is null) ComeBack();
        return new(this, version);
    }

    /// <summary>
    /// Does not listen any more, and ends when that is so. Whoever accepts gets those first that the kernel has connected already: closing
    /// would reset them, and the gateway has words for them.
    /// </summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _isUnbound = true;
        Call();
        await _closed.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync(CancellationToken.None);
        await _pause.DisposeAsync();
    }

    /// <summary>Looks at what is wanted of it. On the thread.</summary>
    public void Execute()
    {
        _comesBack = false;
        if (_isUnbound) BeginToClose();
        else if (_slot is null) Watch();
        Look();
    }

    /// <summary>Somebody has connected.</summary>
    public void Serve(uint events)
    {
        if (_isPaused) return;
        _mayAccept = true;
        Look();
    }

    ConnectionContext? IValueTaskSource<ConnectionContext?>.GetResult(short token) => _core.GetResult(token);

    /// <summary>Tries again later: one that could not be accepted must not end the accepting.</summary>
    public void Fail(Exception fault)
    {
        _backoff.Failed(fault.Message);
        MustPause();
    }

    ValueTaskSourceStatus IValueTaskSource<ConnectionContext?>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ConnectionContext?>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Call()
    {
        _thread.Add(this);
        _thread.Ring();
    }

    /// <summary>Has the thread, which runs, look again: once, however often it is asked to.</summary>
    private void ComeBack()
    {
        if (_comesBack) return;
        _comesBack = true;
        _thread.Add(this);
    }

    private void Watch()
    {
        _slot = _thread.Watch(this, _descriptor);
        if (_slot is not null) return;
        _backoff.Failed("the kernel waits for no more sockets");
        if (_backoff.Next() is { } pause) Pause(pause);
    }

    private void BeginToClose()
    {
        if (_isClosing) return;
        _isClosing = true;
        _mayAccept = true; // the kernel may not have said so yet
    }

    private void Close()
    {
        if (IsClosed) return;
        if (_slot is { } slot) _thread.Forget(slot);
        _socket.Dispose();
        _closed.SetResult();
    }

    /// <summary>Lets whoever accepts go on, if there is what it waits for.</summary>
    private void Look()
    {
        if (_isClosing && (!_isWaiting || !_mayAccept || _left <= 0)) Close(); // there is nobody left, or nobody who takes them
        if (!_isWaiting) return;
        if (IsClosed)
        {
            End(null); // nobody is accepted any more
        }
        else if (_token.IsCancellationRequested)
        {
            Stop();
            _core.SetException(new OperationCanceledException(_token));
        }
        else if (_mayAccept)
        {
            if (!TryTakeTurn()) ComeBack();
            else if (TryAccept() is { } connection) End(connection);
            else if (_isClosing) ComeBack();
        }
    }

    private void End(ConnectionContext? connection)
    {
        Stop();
        _core.SetResult(connection);
    }

    private void Stop()
    {
        _registration.Unregister();
        _isWaiting = false;
    }

    private bool TryTakeTurn()
    {
        if (_round != _thread.Round) (_round, _turns) = (_thread.Round, 0);
        return _turns++ < MaxTurns;
    }

    /// <summary>Accepts one, if there is one: null when there is none, or it cannot be accepted now.</summary>
    private unsafe SocketConnection? TryAccept()
    {
        while (!MustPause())
        {
            int accepted;
            var size = _peer.Buffer.Length;
            fixed (byte* bytes = _peer.Buffer.Span) accepted = Libc.Accept(_descriptor, bytes, &size, Libc.CloseOnExec);
            if (accepted >= 0)
            {
                if (_isClosing) _left--;
                _backoff.Accepted(accepted);
                _peer.Size = Math.Min(size, _peer.Buffer.Length);
                return new(_threads.Next(), new SocketDescriptor(accepted), EndPoint.Create(_peer), _maxReceived, _buffers);
            }

            var error = Marshal.GetLastPInvokeError();
            if (error is Libc.EINTR) continue;
            if (error is Libc.EAGAIN)
            {
                _mayAccept = false;
                return null;
            }

            if (error is Libc.ECONNABORTED) Log.HungUp(_logger, EndPoint); // while it waited: there may be others
            else _backoff.Failed(Marshal.GetPInvokeErrorMessage(error));
        }

        return null;
    }

    private bool MustPause()
    {
        if (_backoff.Next() is not { } pause) return false;
        Pause(pause);
        return true;
    }

    // The kernel says only once that somebody has come.
    private void Pause(TimeSpan pause)
    {
        _mayAccept = false;
        _isPaused = true;
        _pause.Change(pause, Timeout.InfiniteTimeSpan);
    }

    private void Retry()
    {
        _thread.Add(new Retrying(this));
        _thread.Ring();
    }

    private sealed class Retrying(SocketListener listener) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            listener._isPaused = false;
            listener._mayAccept = true;
            listener.Execute();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2004, LogLevel.Debug, "A peer has hung up on {EndPoint} before it was accepted.")]
        public static partial void HungUp(ILogger logger, EndPoint endPoint);
    }
}
