using System.Net.Sockets;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>Removes the file that a killed process left behind at a Unix socket's path: nothing listens on it, but it blocks the path.</summary>
internal static class StaleSocket
{
    /// <summary>Removes it only when it is a socket that refuses connections; anything else is left for the bind to report.</summary>
    public static async Task RemoveAsync(UnixDomainSocketEndPoint endPoint, CancellationToken cancellationToken)
    {
        var path = endPoint.ToString();
        if (!File.Exists(path)) return;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.ConnectionRefused && new FileInfo(path).Length is 0)
        {
            File.Delete(path);
        }
        catch (SocketException)
        {
            // Not a socket, or not ours to touch.
        }
    }
}
