using System.Net;
using System.Net.Sockets;

namespace OrleansEcho.Testing;

/// <summary>
/// Sends every byte back that it gets, from a thread of its own for each connection, and allocates nothing for it: what is allocated beside
/// it is somebody else's. An echo of <c>length-prefixed</c> and <c>line</c> is the bytes of its message.
/// </summary>
public sealed class ByteEcho : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private long _allocated;

    /// <summary>Begins to accept.</summary>
    public ByteEcho()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = $"{_listener.LocalEndPoint}";
        Start(Accept);
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>What its threads have allocated since their connections began.</summary>
    public long Allocated => Volatile.Read(ref _allocated);

    /// <summary>Accepts nothing any more; connections end when their clients do.</summary>
    public void Dispose() => _listener.Dispose();

    private static void Start(ThreadStart work) => new Thread(work) { IsBackground = true, Name = nameof(ByteEcho) }.Start();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.Accept();
                Start(() => Echo(socket));
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private void Echo(Socket socket)
    {
        using var owned = socket;
        socket.NoDelay = true;
        var buffer = new byte[64 * 1024];
        try
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (int length; (length = socket.Receive(buffer)) > 0;)
            {
                for (var sent = 0; sent < length;) sent += socket.Send(buffer.AsSpan(sent, length - sent));
                var now = GC.GetAllocatedBytesForCurrentThread();
                Interlocked.Add(ref _allocated, now - before);
                before = now;
            }
        }
        catch (SocketException)
        {
            // That client has gone.
        }
    }
}
