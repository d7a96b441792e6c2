using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace OrleansEcho.ServiceDefaults.Transport;

/// <summary>What all sockets inside the cluster have in common.</summary>
internal static class ClusterSockets
{
    // As Orleans has them: heartbeats notice far sooner that a silo is gone. These only free what nobody uses any more.
    private const int KeepAliveSeconds = 90;
    private const int KeepAliveIntervalSeconds = 30;
    private const int KeepAliveRetries = 10;

    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int UserTimeout = 18; // TCP_USER_TIMEOUT, tcp(7)

    /// <summary>A message goes at once, and a peer whose machine has vanished is noticed in the end.</summary>
    public static void Tune(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveRetries);
    }

    /// <summary>
    /// Lets the kernel reset the connection when what it has queued does not get any further: also after the close, which else leaves it to
    /// TCP. Only on Linux: elsewhere it does nothing.
    /// </summary>
    /// <param name="socket">The socket.</param>
    /// <param name="limit">How long the peer may take nothing; in whole milliseconds.</param>
    public static void LimitUnsent(Socket socket, TimeSpan limit)
    {
        if (!OperatingSystem.IsLinux()) return;
        Span<byte> milliseconds = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(milliseconds, (int)limit.TotalMilliseconds);
        socket.SetRawSocketOption(TcpLevel, UserTimeout, milliseconds);
    }
}
