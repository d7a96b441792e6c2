using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// A thread on which connections live (docs/adr/0017-connections-live-on-socket-threads.md): it waits for their sockets, reads and
/// writes them, and whoever waits for that goes on there. A connection whose answer has come goes on where its socket is, too: what it
/// has to do is added, and the thread is called.
/// </summary>
/// <remarks>
/// One round: wait; serve every connection that something has come for; do everything that was added. It lives as long as the process.
/// </remarks>
internal sealed class SocketThread
{
    // In one round, of what other threads have added: then the sockets have their turn again.
    private const int MaxAdded = 4096;

    private const int FirstSlots = 64;

    // Until it is tried again to tell somebody of a fault for whom there was no memory.
    private const int RetryMilliseconds = 10;

    [ThreadStatic]
    private static SocketThread? HomeOfThis;

    private readonly Epoll _epoll = new();
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _fromOthers = new();
    private readonly Queue<IThreadPoolWorkItem> _fromItself = new();
    private readonly Stack<int> _freeSlots = new(FirstSlots);
    private readonly Queue<(IServed Served, Exception Fault)> _untold = new(FirstSlots);
    private IServed?[] _slots = new IServed?[FirstSlots];
    private int _usedSlots;
    private int _sleeps; // 1 while nobody has called it since it went to wait

    /// <summary>Starts it.</summary>
    /// <param name="name">What debuggers call it.</param>
    public SocketThread(string name) => new Thread(Run) { Name = name, IsBackground = true }.Start();

    /// <summary>The one that runs; null on every other thread.</summary>
    public static SocketThread? Current => HomeOfThis;

    /// <summary>Which round it is, for who wants to know whether it is still the same.</summary>
    public int Round { get; private set; }

    /// <summary>What is told of exceptions that what runs on the thread lets out. It must not throw.</summary>
    public Action<Exception>? OnFault { get; set; }

    /// <summary>Something to do at the end of the round, or once the thread is called. From any thread.</summary>
    public void Add(IThreadPoolWorkItem work)
    {
        if (HomeOfThis == this) _fromItself.Enqueue(work);
        else _fromOthers.Enqueue(work);
    }

    /// <summary>Calls the thread, if it sleeps: it does what was added. From any thread; from itself there is no need.</summary>
    public void Ring()
    {
        if (HomeOfThis != this && Interlocked.Exchange(ref _sleeps, 0) is 1) _epoll.Ring();
    }

    /// <summary>Goes on on this thread: <c>await thread.EnterAsync()</c>. At once, when it is the one that runs.</summary>
    public Entry EnterAsync() => new(this);

    /// <summary>
    /// Begins to wait for a socket. From what was added only: then no event is under way that may have been meant
    /// for the one who had the slot before.
    /// </summary>
    /// <returns>The socket's slot; null when the kernel has no room.</returns>
    public int? Watch(IServed served, int descriptor)
    {
        if (_freeSlots.Count is 0 && _usedSlots == _slots.Length) Grow();
        if (!_freeSlots.TryPop(out var slot)) slot = _usedSlots++;
        _slots[slot] = served;
        if (_epoll.TryAdd(descriptor, slot)) return slot;
        Forget(slot);
        return null;
    }

    /// <summary>Waits for room to write to a connection's socket, too.</summary>
    public bool WatchForRoom(int descriptor, int slot) => _epoll.TryAddOut(descriptor, slot);

    /// <summary>
    /// Does not serve a socket any more that is to be closed. It needs no memory: where there is none,
    /// descriptors have to be closed above all.
    /// </summary>
    public void Forget(int slot)
    {
        _slots[slot] = null;
        _freeSlots.Push(slot);
    }

    // Before a slot is taken: without memory for more, nothing has changed.
    private void Grow()
    {
        _freeSlots.EnsureCapacity(2 * _slots.Length); // for Forget
        _untold.EnsureCapacity(2 * _slots.Length); // for Faulted
        Array.Resize(ref _slots, 2 * _slots.Length);
    }

    private void Run()
    {
        HomeOfThis = this;
        while (true)
        {
            var count = _epoll.Wait(HowLong());
            Volatile.Write(ref _sleeps, 0); // who rings in vain until here, wakes it up once too often
            Round++;
            for (var i = 0; i < count; i++)
            {
                var (events, slot) = _epoll[i];
                if (slot is not Epoll.Bell && _slots[slot] is { } served) Serve(served, events);
            }

            DoWhatWasAdded();
        }
    }

    /// <summary>For ever, unless there is something to do. Whoever adds something from now on has to ring.</summary>
    private int HowLong()
    {
        if (_fromItself.Count > 0) return 0;
        Interlocked.Exchange(ref _sleeps, 1); // before the look at the queue: who adds something after it sees this
        if (!_fromOthers.IsEmpty) return 0;
        return _untold.Count > 0 ? RetryMilliseconds : Timeout.Infinite;
    }

    private void DoWhatWasAdded()
    {
        for (var left = _untold.Count; left > 0 && _untold.TryDequeue(out var untold); left--) Tell(untold.Served, untold.Fault);
        for (var i = 0; i < MaxAdded && _fromOthers.TryDequeue(out var work); i++) Execute(work);

        // What comes of that as well, but what comes of this only in the next round.
        for (var left = _fromItself.Count; left > 0; left--) Execute(_fromItself.Dequeue());
    }

    // What one connection does must not end the thread, and with it the process: not even that there is no memory for it.
    private void Serve(IServed served, uint events)
    {
        try
        {
            served.Serve(events);
        }
        catch (Exception fault)
        {
            Faulted(fault, served);
        }
    }

    private void Execute(IThreadPoolWorkItem work)
    {
        try
        {
            work.Execute();
        }
        catch (Exception fault)
        {
            Faulted(fault, work as IServed);
        }
    }

    private void Faulted(Exception fault, IServed? served)
    {
        if (served is not null) Tell(served, fault);
        try
        {
            OnFault?.Invoke(fault);
        }
        catch (Exception)
        {
            // There is nobody else to tell: without memory, perhaps, for the telling either.
        }
    }

    // Nothing else may ever come for it, and whoever waits for it would wait for ever.
    private void Tell(IServed served, Exception fault)
    {
        try
        {
            served.Fail(fault);
        }
        catch (Exception)
        {
            if (_untold.Count < _untold.Capacity) _untold.Enqueue((served, fault)); // without memory for the telling: in the next round
        }
    }

    /// <summary>What a socket's events are told to.</summary>
    public interface IServed
    {
        /// <summary>Something has come for the socket: the kernel's bits (<see cref="Epoll"/>).</summary>
        void Serve(uint events);

        /// <summary>
        /// Serving it, or what it had the thread do, has ended with an exception: it has to end, or to try again later. Where this
        /// fails as well, it is called again soon.
        /// </summary>
        void Fail(Exception fault);
    }

    /// <summary>What is awaited by who wants to go on on the thread.</summary>
    public readonly struct Entry(SocketThread thread) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => Current == thread;

        public Entry GetAwaiter() => this;

        public void GetResult()
        {
            // There is none.
        }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            thread.Add(new Continuation(continuation));
            thread.Ring();
        }

        private sealed class Continuation(Action continuation) : IThreadPoolWorkItem
        {
            public void Execute() => continuation();
        }
    }
}
