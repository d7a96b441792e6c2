using System.Net.Sockets;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>
/// Removes the file that a killed process left behind at a Unix socket's path: nothing listens on it, but it blocks the path.
/// </summary>
internal static class StaleSocket
{
    /// <summary>Removes it only when it is a socket that refuses connections; anything else is left for the bind to report.</summary>
    /// <exception cref="UnauthorizedAccessException">It is one, in a folder that this user may not write to.</exception>
    /// <exception cref="IOException">It is one, and stays for another reason: a read-only file system.</exception>
    public static async Task RemoveAsync(UnixDomainSocketEndPoint endPoint, CancellationToken cancellationToken)
    {
        var path = endPoint.ToString();
        if (!File.Exists(path)) return;
        var before = FileIdentity.Of(path);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.ConnectionRefused && SocketPath.IsSocket(path))
        {
            if (FileIdentity.Of(path) == before) File.Delete(path); // unless somebody has bound the path meanwhile
        }
        catch (SocketException)
        {
            // Not ours to touch.
        }
    }
}
