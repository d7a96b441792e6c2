using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>Reads and writes the addresses of listeners as people write them.</summary>
internal static class ListenAddress
{
    private const string UnixPrefix = "unix:";

    // sun_path has 108 bytes on Linux, one of them for the final NUL.
    private const int MaxUnixPath = 107;

    /// <summary>Reads an address; total. On failure <paramref name="fault"/> says what is wrong with it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out EndPoint? endPoint, out string fault)
    {
        (endPoint, fault) = (null, "");
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            var path = text[UnixPrefix.Length..];
            if (path.Length is 0 || Encoding.UTF8.GetByteCount(path) > MaxUnixPath) fault = $"a socket's path has 1 to {MaxUnixPath} bytes";
            else if (path.Contains('\0', StringComparison.Ordinal)) fault = "a socket's path has no NUL in it";
            else endPoint = new UnixDomainSocketEndPoint(path);
            return endPoint is not null;
        }

        var isPort = PortAddress.TryParse(text, out var ip, out fault);
        endPoint = ip;
        return isPort;
    }

    /// <summary>Writes an address as <see cref="TryParse"/> reads it.</summary>
    public static string Format(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint unix => UnixPrefix + unix,
        IPEndPoint ip when ip.Address.Equals(IPAddress.IPv6Any) => $"*:{ip.Port}",
        IPEndPoint ip => ip.ToString(),
        _ => endPoint.ToString() ?? "",
    };

    /// <summary>Where to connect to in order to reach a listener from this machine: over IPv4 where it takes both, for not every machine has IPv6.</summary>
    public static EndPoint Reachable(EndPoint bound) => bound switch
    {
        IPEndPoint ip when ip.Address.Equals(IPAddress.IPv6Any) || ip.Address.Equals(IPAddress.Any) => new IPEndPoint(IPAddress.Loopback, ip.Port),
        _ => bound,
    };
}
