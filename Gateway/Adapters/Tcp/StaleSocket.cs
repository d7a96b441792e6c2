using System.Net.Sockets;
using OrleansEcho.Gateway.Sockets;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>Removes the file that a killed process left behind at a Unix socket's path: nothing listens on it, but it blocks the path.</summary>
internal static class StaleSocket
{
    /// <summary>Removes it only when it is a socket that refuses connections; anything else is left for the bind to report.</summary>
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
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.ConnectionRefused && IsSocket(path))
        {
            if (FileIdentity.Of(path) == before) File.Delete(path); // unless somebody has bound the path meanwhile
        }
        catch (SocketException)
        {
            // Not ours to touch.
        }
    }

    // An ordinary file refuses connections, too. .NET does not tell a file's type, but of all files that exist a socket alone cannot be
    // opened for this reason; to read and write, so that a named pipe does not wait for its other end.
    private static bool IsSocket(string path)
    {
        const int noSuchDevice = 6; // ENXIO, on Linux
        const int notSupported = 102; // EOPNOTSUPP, on macOS
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (IOException fault)
        {
            return fault.HResult is noSuchDevice or notSupported;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
