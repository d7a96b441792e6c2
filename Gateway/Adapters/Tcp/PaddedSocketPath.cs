using System.Net.Sockets;
using System.Text;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>
/// Writes a Unix socket's path at its full length, with parts that mean nothing. .NET receives the address of an accepted peer in a
/// buffer that is as long as the listener's own address: a peer with a longer one ends the process (unhandled ArgumentException in
/// SocketAsyncEventArgs.FinishOperationAccept, .NET 10).
/// </summary>
internal static class PaddedSocketPath
{
    /// <summary>The same socket under the longest name that it can have.</summary>
    public static UnixDomainSocketEndPoint Of(UnixDomainSocketEndPoint endPoint)
    {
        var path = endPoint.ToString();
        var root = path.StartsWith('/') ? "/" : "";
        var room = ListenAddress.MaxUnixPath - Encoding.UTF8.GetByteCount(path);
        var padding = string.Concat(Enumerable.Repeat("./", room / 2));
        return new(root + padding + (room % 2 is 0 || root.Length + padding.Length is 0 ? "" : "/") + path[root.Length..]);
    }
}
