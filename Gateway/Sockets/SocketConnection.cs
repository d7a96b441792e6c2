using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// A connection that lives on a socket thread. Its state belongs to whoever uses it, one reading and one writing, until they wait; then, to
/// the thread. What is wanted of it by others (that it is aborted, disposed of, not waited for any more) is written down, and the thread
/// called, which alone receives and closes: so there is nothing to lock, and a descriptor is never another socket's already when somebody
/// uses it. Sending may be tried elsewhere, by whoever writes.
/// </summary>
internal sealed class SocketConnection : ConnectionContext, IDuplexPipe, IThreadPoolWorkItem, SocketThread.IServed
{
    // How often one connection may receive in a round, before the others have their turn: who reads without waiting for anything else could
    // go on for as long as its peer sends.
    private const int MaxTurns = 16;

    private const int NoSlot = -1;

    // After one of these, that a receive got less than it asked for does not mean that there is no more to find out.
    private const uint EndOrMark = Epoll.PeerHangUp | Epoll.HangUp | Epoll.Error | Epoll.Priority;

    private static long LastNumber;

    private readonly SocketThread _thread;
    private readonly SocketDescriptor _socket;
    private readonly int _descriptor;
    private readonly SocketReader _input;
    private readonly SocketWriter _output;
    private IDuplexPipe? _transport;
    private IDictionary<object, object?>? _items;
    private FeatureCollection? _features;
    private string? _id;
    private EndPoint? _here;
    private CancellationTokenSource? _closed;
    private CancellationToken _closedToken;
    private TaskCompletionSource? _disposal;
    private ConnectionAbortedException? _abort;
    private Exception? _fault;
    private int _slot = NoSlot;
    private int _round;
    private byte _turns;
    private bool _waitsForRoom; // or has once: its thread hears of room
    private bool _isUnsure; // whether all has been received when a receive got less than it asked for
    private volatile bool _mayReceive;
    private volatile bool _maySend = true;
    private volatile bool _isClosed;

    /// <summary>Takes over a socket that is connected.</summary>
    /// <param name="thread">Where it lives.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="peer">The peer's address.</param>
    /// <param name="maxReceived">How many bytes are received at once at most.</param>
    /// <param name="buffers">Where its buffers come from.</param>
    public SocketConnection(SocketThread thread, SocketDescriptor socket, EndPoint peer, int maxReceived, ArrayPool<byte> buffers)
    {
        (_thread, _socket, _descriptor, RemoteEndPoint, Buffers) = (thread, socket, socket.Number, peer, buffers);
        _isUnsure = peer.AddressFamily is AddressFamily.Unix; // a receive stops short of what comes with a descriptor (unix(7), SCM_RIGHTS)
        _input = new SocketReader(this, maxReceived);
        _output = new SocketWriter(this);
    }

    public override string ConnectionId
    {
        get => _id ??= string.Create(CultureInfo.InvariantCulture, $"S{Interlocked.Increment(ref LastNumber):X}");
        set => _id = value;
    }

    public override IFeatureCollection Features => _features ??= new FeatureCollection();

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _transport ?? this;
        set => _transport = value;
    }

    PipeReader IDuplexPipe.Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    public override EndPoint? RemoteEndPoint { get; set; }

    /// <summary>The socket's own end: to be asked for while it is open.</summary>
    public override EndPoint? LocalEndPoint
    {
        get => _here ??= _isClosed || RemoteEndPoint is not { } peer ? null : _socket.Address(peer);
        set => _here = value;
    }

    /// <summary>Is cancelled when the socket is closed; not at the peer's FIN. Made for whoever asks: hardly anybody does.</summary>
    public override CancellationToken ConnectionClosed
    {
        get => _closedToken.CanBeCanceled ? _closedToken : ClosedToken();
        set => _closedToken = value;
    }

    /// <summary>Where its buffers come from.</summary>
    public ArrayPool<byte> Buffers { get; }

    /// <summary>Where the connection lives.</summary>
    public SocketThread Thread => _thread;

    /// <summary>Whether the thread runs that the connection lives on.</summary>
    public bool IsHome => SocketThread.Current == _thread;

    /// <summary>
    /// How long the kernel keeps what the peer does not take after the socket is closed, in milliseconds; 0 for as long as TCP does, which
    /// is for ever where the peer acknowledges that it has no room.
    /// </summary>
    public int UnsentTimeoutMilliseconds { get; set; }

    /// <summary>
    /// Whether the thread waits for the socket. It does from the first call on, which is the first read's, as a rule: what
    /// has come until then wakes nobody up.
    /// </summary>
    public bool IsKnown { get; private set; }

    /// <summary>Why nothing can be read or written any more; null while it can. From any thread.</summary>
    public Exception? Fault => Volatile.Read(ref _abort)
        ?? Volatile.Read(ref _fault) ?? (_isClosed ? new ConnectionAbortedException("The connection is closed.") : null);

    /// <summary>Whether there may be something to receive; else the thread will hear of it.</summary>
    public bool MayReceive
    {
        get => _mayReceive;
        private set => _mayReceive = value;
    }

    /// <summary>Whether there may be room to send; else the thread will hear of it.</summary>
    public bool MaySend
    {
        get => _maySend;
        private set => _maySend = value;
    }

    /// <summary>Has the thread look at what is wanted of the connection. From any thread.</summary>
    public void Call()
    {
        _thread.Add(this);
        _thread.Ring();
    }

    /// <summary>Looks at what is wanted.</summary>
    public void Execute()
    {
        Interlocked.MemoryBarrier(); // see Waiting.Begin
        if (!IsKnown) BecomeKnown();
        if (Volatile.Read(ref _abort) is not null) Close();
        _input.Serve();
        _output.Serve();
        DisposeIfWanted();
    }

    /// <summary>Something has come for the socket.</summary>
    public void Serve(uint events)
    {
        if ((events & EndOrMark) is not 0) _isUnsure = true;
        if ((events & (Epoll.In | EndOrMark)) is not 0)
        {
            MayReceive = true;
            Interlocked.MemoryBarrier(); // see Waiting.Begin
            _input.Serve();
        }

        if ((events & (Epoll.Out | Epoll.HangUp | Epoll.Error)) is 0) return;
        MaySend = true;
        _output.Serve();
        DisposeIfWanted();
    }

    /// <summary>Ends the connection: whoever reads or writes hears of it, once.</summary>
    public void Fail(Exception fault)
    {
        if (_fault is null) Break(fault);
    }

    /// <summary>
    /// Takes one of the connection's turns in this round; without one, the thread comes back to it in the next, if it is called.
    /// </summary>
    public bool TryTakeTurn()
    {
        if (_round != _thread.Round) (_round, _turns) = (_thread.Round, 0);
        if (_turns == MaxTurns) return false;
        _turns++;
        return true;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (Interlocked.CompareExchange(ref _abort, abortReason, null) is null) Call();
    }

    /// <summary>Sends what is left and closes the socket; ends when it is closed, which <see cref="Abort"/> hurries.</summary>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        var mine = new TaskCompletionSource();
        var first = Interlocked.CompareExchange(ref _disposal, mine, null);
        if (first is null && IsHome && IsKnown) DisposeIfWanted();
        else if (first is null) Call();
        await (first ?? mine).Task;
    }

    /// <summary>Receives, on the thread.</summary>
    /// <returns>How many bytes; 0 when the peer has finished; -1 when there is nothing, or there is a <see cref="Fault"/>.</returns>
    public unsafe int Receive(Span<byte> room)
    {
        while (Fault is null)
        {
            nint count;
            fixed (byte* bytes = room) count = Libc.Receive(_descriptor, bytes, (nuint)room.Length, Libc.DontWaitNoSignal);
            if (count >= 0)
            {
                MayReceive = count == room.Length || _isUnsure; // if it got less, it got all: the next that comes is an edge (epoll(7))
                return (int)count;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error is Libc.EAGAIN) MayReceive = false;
            else if (error is not Libc.EINTR) Break(new ConnectionResetException(Marshal.GetPInvokeErrorMessage(error)));
            if (!MayReceive) return -1;
        }

        return -1;
    }

    /// <summary>Sends, on the thread.</summary>
    /// <returns>How many bytes; -1 when there is no room, or there is a <see cref="Fault"/>.</returns>
    public unsafe int Send(ReadOnlySpan<byte> bytes)
    {
        while (Fault is null)
        {
            nint count;
            fixed (byte* first = bytes) count = Libc.Send(_descriptor, first, (nuint)bytes.Length, Libc.DontWaitNoSignal);
            if (count >= 0) return (int)count;
            var error = Marshal.GetLastPInvokeError();
            if (error is Libc.EAGAIN) WaitForRoom();
            else if (error is not Libc.EINTR) Break(new ConnectionResetException(Marshal.GetPInvokeErrorMessage(error)));
            if (!MaySend) return -1;
        }

        return -1;
    }

    /// <summary>Sends once, on any thread: whoever has an answer for an idle line must not wake another thread to send it.</summary>
    /// <returns>How many bytes; -1 when it cannot, for whatever reason.</returns>
    public unsafe int SendAbroad(ReadOnlySpan<byte> bytes)
    {
        var isHeld = false; // while it is, the thread cannot close the descriptor, and so nobody else get it
        try
        {
            _socket.DangerousAddRef(ref isHeld);
            fixed (byte* first = bytes) return (int)Libc.Send(_descriptor, first, (nuint)bytes.Length, Libc.DontWaitNoSignal);
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
        finally
        {
            if (isHeld) _socket.DangerousRelease();
        }
    }

    /// <summary>
    /// How many bytes the kernel holds that have not been received: 0 when there are none, or the connection is closed. From any thread.
    /// </summary>
    public unsafe int CountUnread()
    {
        var isHeld = false; // see SendAbroad
        try
        {
            _socket.DangerousAddRef(ref isHeld);
            int count;
            if (Libc.IoControl(_descriptor, Libc.BytesToReceive, &count) < 0) return 0;
            byte first; // the kernel counts to a mark of urgent data and no further: behind it there may be more
            return count > 0 ? count : (int)Math.Max(0, Libc.Receive(_descriptor, &first, 1, Libc.Peek | Libc.DontWaitNoSignal));
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
        finally
        {
            if (isHeld) _socket.DangerousRelease();
        }
    }

    private void BecomeKnown()
    {
        IsKnown = true;
        if (_thread.Watch(this, _descriptor) is { } slot) _slot = slot;
        else Break(new IOException("The kernel waits for no more sockets."));
    }

    // Not from the beginning: a Unix socket would tell of each message that its peer takes. If there is room by now, the kernel says so.
    private void WaitForRoom()
    {
        MaySend = false;
        if (_waitsForRoom) return;
        _waitsForRoom = true;
        if (!_thread.WatchForRoom(_descriptor, _slot)) Break(new IOException("The kernel does not wait for room to write."));
    }

    /// <summary>Nothing can be received or sent any more: whoever waits for the one or the other is to hear of it.</summary>
    private void Break(Exception fault)
    {
        _thread.Add(this); // first: without memory for it, nothing is broken yet, and the thread tries again
        _fault = fault;
    }

    private void DisposeIfWanted()
    {
        if (Volatile.Read(ref _disposal) is not { Task.IsCompleted: false } disposal || !_output.TrySendRest()) return;
        Close();
        _input.Serve();
        _output.Serve();
        _input.Release();
        _output.Release();
        disposal.TrySetResult(); // who waits for it goes on here
    }

    private void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        Interlocked.MemoryBarrier(); // either ClosedToken sees that it is closed, or this sees the token's source
        if (_slot is not NoSlot) _thread.Forget(_slot);
        if (Volatile.Read(ref _abort) is not null)
        {
            _socket.ResetWhenClosed();
        }
        else
        {
            if (UnsentTimeoutMilliseconds > 0) _socket.LimitUnsent(UnsentTimeoutMilliseconds);
            _ = Libc.Shutdown(_descriptor, Libc.Sending);
        }

        _socket.Dispose();
        if (_closed is not null) ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    private CancellationToken ClosedToken()
    {
        if (_closed is null) Interlocked.CompareExchange(ref _closed, new CancellationTokenSource(), null);
        if (_isClosed) _closed.Cancel();
        return _closed.Token;
    }
}
