using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace OrleansEcho.ServiceDefaults;

/// <summary>Turns the many ways in which a bind fails into one line for a person.</summary>
public static class BindFault
{
    /// <summary>Describes why an address cannot be bound.</summary>
    /// <param name="fault">What the socket, Kestrel or Orleans threw.</param>
    /// <param name="claim">The address that was wanted, and by which option.</param>
    /// <returns>The exception to end the start with, exit code <see cref="ExitCode.CannotBind"/>.</returns>
    public static StartupException Describe(Exception fault, EndpointClaim claim)
    {
        var (key, endPoint, flag) = claim;
        var what = endPoint is IPEndPoint ip ? $"Port {ip.Port} of {(ip.Address.Equals(IPAddress.IPv6Any) ? "all addresses" : ip.Address)}" : $"Socket {endPoint}";
        var message = CodeOf(fault) switch
        {
            SocketError.AddressAlreadyInUse => $"{what} ({key}) is in use by another process; choose another with {flag} or stop it.",
            SocketError.NotSocket => $"{endPoint} ({key}) is no socket: something else lies at that path; move it away or choose another with {flag}.",
            SocketError.AccessDenied when endPoint is IPEndPoint => $"{what} ({key}) is not permitted to this user; choose one above 1023 with {flag} or grant CAP_NET_BIND_SERVICE.",
            SocketError.AccessDenied => $"{what} ({key}) is not permitted to this user; choose a path in a folder that it may write to with {flag}.",
            SocketError.AddressNotAvailable when endPoint is UnixDomainSocketEndPoint => $"{what} ({key}) is in a folder that does not exist; create it or choose another with {flag}.",
            SocketError.AddressNotAvailable when claim.AddressKey is { } addressKey =>
                $"{AddressOf(endPoint)} ({addressKey}) is not an address of this machine; choose one of its own with --{addressKey}=ADDRESS.",
            SocketError.AddressNotAvailable => $"{AddressOf(endPoint)} ({key}) is not an address of this machine; choose one of its own, or *, with {flag}.",
            SocketError.AddressFamilyNotSupported => $"{what} ({key}) is of an address family that this machine does not have; choose another with {flag}.",
            _ => $"{what} ({key}) cannot be bound: {Innermost(fault).Message.TrimEnd('.')}; choose another with {flag}.",
        };
        return new StartupException(ExitCode.CannotBind, message, fault);
    }

    /// <summary>Whether <paramref name="fault"/> is one that only a bind meets: not every fault of a file or a socket is.</summary>
    internal static bool IsKnown(Exception fault) =>
        CodeOf(fault) is SocketError.AddressAlreadyInUse or SocketError.AccessDenied or SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.NotSocket;

    private static string AddressOf(EndPoint endPoint) => endPoint is IPEndPoint ip ? $"{ip.Address}" : $"{endPoint}";

    private static SocketError? CodeOf(Exception? fault)
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            if (fault is SocketException socket) return socket.SocketErrorCode;
            if (fault is AddressInUseException) return SocketError.AddressAlreadyInUse;
            if (fault is UnauthorizedAccessException) return SocketError.AccessDenied; // a file's fault: of what lies at a socket's path
        }

        return null;
    }

    private static Exception Innermost(Exception fault) => fault.InnerException is { } inner ? Innermost(inner) : fault;
}
