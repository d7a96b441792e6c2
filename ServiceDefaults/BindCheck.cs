using System.Net;
using System.Net.Sockets;

namespace OrleansEcho.ServiceDefaults;

/// <summary>
/// Binds every address for a moment before anything starts: a gateway's listeners come after its silo, which takes seconds, and a person
/// should not have to wait for a mistake to be found. The program's parts bind them again and explain a fault of their own: somebody may
/// take an address in between.
/// </summary>
internal static class BindCheck
{
    /// <summary>Says of each address that cannot be bound why not.</summary>
    public static IReadOnlyList<StartupException> Find(IEnumerable<EndpointClaim> claims) =>
        [.. claims.Select(Check).OfType<StartupException>().DistinctBy(fault => fault.Message)]; // two ports of a foreign address are one

    private static StartupException? Check(EndpointClaim claim)
    {
        try
        {
            if (claim.EndPoint is UnixDomainSocketEndPoint unix) CheckSocket(unix);
            else CheckPort((IPEndPoint)claim.EndPoint);
            return null;
        }
        catch (SocketException fault)
        {
            // What nobody can explain is left to whoever needs the address.
            return BindFault.IsKnown(fault) ? BindFault.Describe(fault, claim) : null;
        }
    }

    private static void CheckPort(IPEndPoint endPoint)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var isAny = endPoint.Address.Equals(IPAddress.IPv6Any);
        if (isAny) socket.DualMode = true; // as who listens on all addresses does
        try
        {
            socket.Bind(endPoint);
        }
        catch (SocketException fault) when (isAny && fault.SocketErrorCode is SocketError.AddressNotAvailable)
        {
            // There is no IPv6: those who can do without find out by themselves.
        }
    }

    // A bind would leave a file. A socket that takes a connection is in use; the file of one that does not is what a killed process left,
    // and is removed by who binds it. What is no socket is nobody's to remove.
    private static void CheckSocket(UnixDomainSocketEndPoint endPoint)
    {
        var path = endPoint.ToString()!;
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder)) throw new SocketException((int)SocketError.AddressNotAvailable);
        if (!SocketPath.MayAddTo(folder)) throw new SocketException((int)SocketError.AccessDenied);
        if (!Path.Exists(path)) return;
        if (!SocketPath.IsSocket(path)) throw new SocketException((int)SocketError.NotSocket);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Blocking = false; // who listens there may be busy
        try
        {
            socket.Connect(endPoint);
        }
        catch (SocketException fault) when (fault.SocketErrorCode is not SocketError.WouldBlock)
        {
            return;
        }
        catch (SocketException)
        {
            // Somebody listens, and is busy.
        }

        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }
}
