using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>The descriptor of a connected socket: closed when it is disposed of and nobody uses it any more. .NET's <see cref="Socket"/> would be four times as large, and what it can do beyond this is not used.</summary>
internal sealed unsafe class SocketDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes over a descriptor.</summary>
    public SocketDescriptor(int number)
        : base(ownsHandle: true) => SetHandle(number);

    /// <summary>The descriptor. It is another socket's once this one is closed.</summary>
    public int Number => (int)handle;

    /// <summary>The socket's own address; null when it has none any more.</summary>
    /// <param name="of">What the address is like.</param>
    public EndPoint? Address(EndPoint of)
    {
        var address = new SocketAddress(of.AddressFamily, SocketAddress.GetMaximumAddressSize(of.AddressFamily));
        var size = address.Size;
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (Libc.GetSocketName(Number, bytes, &size) < 0) return null;
        }

        address.Size = size;
        return of.Create(address);
    }

    /// <summary>Has the close reset the connection, instead of finishing it.</summary>
    public void ResetWhenClosed()
    {
        var linger = stackalloc int[] { 1, 0 }; // struct linger: on, and for no time
        _ = Libc.SetSocketOption(Number, Libc.SocketLevel, Libc.LingerOption, linger, 2 * sizeof(int)); // unless the peer was faster
    }

    /// <summary>
    /// Has the kernel reset the connection when its peer takes nothing of what is queued for so long, also after the close; nothing where it is
    /// not TCP's.
    /// </summary>
    public void LimitUnsent(int milliseconds) =>
        _ = Libc.SetSocketOption(Number, Libc.TcpLevel, Libc.UserTimeout, &milliseconds, sizeof(int));

    protected override bool ReleaseHandle() => Libc.Close((int)handle) is 0;
}
