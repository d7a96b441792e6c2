using System.Globalization;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>Socket threads that share the connections out among them.</summary>
internal sealed class SocketThreadGroup
{
    private readonly SocketThread[] _threads;
    private uint _turn;

    /// <summary>Starts them.</summary>
    /// <param name="count">How many: 1 or more.</param>
    public SocketThreadGroup(int count)
    {
        _threads = new SocketThread[count];
        for (var i = 0; i < count; i++) _threads[i] = new SocketThread(string.Create(CultureInfo.InvariantCulture, $"Sockets {i}"));
    }

    /// <summary>What is told of exceptions that what runs on the threads lets out. It must not throw.</summary>
    public Action<Exception>? OnFault
    {
        get => _threads[0].OnFault;
        set => Array.ForEach(_threads, thread => thread.OnFault = value);
    }

    /// <summary>The one whose turn it is to get a connection. From any thread.</summary>
    public SocketThread Next() => _threads[Interlocked.Increment(ref _turn) % (uint)_threads.Length];
}
