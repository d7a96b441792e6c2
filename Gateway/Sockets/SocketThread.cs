using System.Collections.Concurrent;
using System.Net.Sockets;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// One of the threads that .NET waits for sockets on, when it lets what waits for them go on there (<see cref="SocketThreads"/>). A connection whose answer has come
/// goes on where its socket is: no other thread has to wake up for it. The thread is called by a bell, a socket whose other end it waits for as for any other.
/// </summary>
internal sealed class SocketThread
{
    [ThreadStatic]
    private static SocketThread? HomeOfThis;

    private readonly ConcurrentQueue<IThreadPoolWorkItem> _work = new();
    private readonly byte[] _ring = [1];
    private readonly Socket _bell;
    private int _isRung;

    private SocketThread(Socket bell) => _bell = bell;

    /// <summary>The one that runs; null on every other thread.</summary>
    public static SocketThread? Current => HomeOfThis;

    /// <summary>Hangs a bell into the thread whose turn it is to get a socket.</summary>
    /// <param name="bell">The end that is rung.</param>
    /// <param name="ear">The end that is heard.</param>
    public static void Hang(Socket bell, Socket ear)
    {
        var thread = new SocketThread(bell);
        _ = thread.ListenAsync(ear);
        thread.Ring();
    }

    /// <summary>Something to do on the thread, once it is called. From any thread.</summary>
    public void Add(IThreadPoolWorkItem work) => _work.Enqueue(work);

    /// <summary>Calls the thread: it does what was added, after what it is doing. From any thread, also from itself.</summary>
    public void Ring()
    {
        if (Interlocked.Exchange(ref _isRung, 1) is 0) _bell.Send(_ring);
    }

    // It lives as long as the process.
    private async Task ListenAsync(Socket ear)
    {
        var heard = new byte[1];
        while (await ear.ReceiveAsync(heard, SocketFlags.None) > 0)
        {
            if (!Thread.CurrentThread.IsThreadPoolThread) HomeOfThis ??= this; // the first call came at once, perhaps, and was heard by who hung the bell
            Interlocked.Exchange(ref _isRung, 0); // before the queue is emptied: what is added from now on rings again
            while (_work.TryDequeue(out var work)) work.Execute();
        }
    }
}
