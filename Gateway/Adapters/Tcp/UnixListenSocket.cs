using System.Net;
using System.Net.Sockets;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>
/// Binds a Unix socket so that peers with names of any length can be accepted. .NET (10.0) makes the buffer for an accepted peer's address
/// as long as the listener's own: a peer that has bound a longer path makes the accept throw on a thread of the runtime, which ends the
/// process. So the address that is bound here is padded to its full size with NULs, which the kernel ignores.
/// </summary>
internal static class UnixListenSocket
{
    /// <summary>Makes the socket. Unlike .NET's own, it does not remove its file when it is closed.</summary>
    public static Socket Bind(UnixDomainSocketEndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new Padded(endPoint));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class Padded(UnixDomainSocketEndPoint endPoint) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Unix;

        public override SocketAddress Serialize()
        {
            var address = endPoint.Serialize();
            var padded = new SocketAddress(AddressFamily.Unix, SocketAddress.GetMaximumAddressSize(AddressFamily.Unix));
            padded.Buffer.Span.Clear();
            address.Buffer.Span[..address.Size].CopyTo(padded.Buffer.Span);
            return padded;
        }

        public override EndPoint Create(SocketAddress socketAddress) => endPoint.Create(socketAddress);
    }
}
