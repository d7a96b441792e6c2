using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OrleansEcho.ServiceDefaults;

/// <summary>Reads an address and a port as people write them: <c>127.0.0.1:9400</c>, <c>[::1]:9400</c>, <c>localhost:9400</c> or <c>*:9400</c>.</summary>
public static class PortAddress
{
    /// <summary>Reads an address and a port; total. All addresses of the machine, <c>*</c>, are <see cref="IPAddress.IPv6Any"/> where there is IPv6.</summary>
    /// <param name="text">What a person wrote.</param>
    /// <param name="endPoint">What it means.</param>
    /// <param name="fault">What is wrong with it, to stand after a colon; empty when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? endPoint, out string fault)
    {
        (endPoint, fault) = (null, "");
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
        {
            fault = "it needs a port from 0 to 65535 at its end, as in 127.0.0.1:8080";
            return false;
        }

        var host = text[..colon];
        var isBracketed = host is ['[', .., ']'];
        if (host is "*") endPoint = new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port); // the former takes IPv4, too
        else if (host is "localhost") endPoint = new IPEndPoint(IPAddress.Loopback, port);
        else if (isBracketed == host.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(host, out var address)) endPoint = new IPEndPoint(address, port);
        else fault = host.Contains(':', StringComparison.Ordinal) ? "an IPv6 address stands in brackets, as in [::1]:8080" : $"{Shown.Value(host)} is not an IP address, localhost or *";
        return endPoint is not null;
    }
}
