using System.Net.Sockets;

namespace OrleansEcho.ServiceDefaults.Transport;

/// <summary>What all sockets inside the cluster have in common.</summary>
internal static class ClusterSockets
{
    // As Orleans has them: heartbeats notice far sooner that a silo is gone. These only free what nobody uses any more.
    private const int KeepAliveSeconds = 90;
    private const int KeepAliveIntervalSeconds = 30;
    private const int KeepAliveRetries = 10;

    /// <summary>A message goes at once, and a peer whose machine has vanished is noticed in the end.</summary>
    public static void Tune(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveRetries);
    }
}
