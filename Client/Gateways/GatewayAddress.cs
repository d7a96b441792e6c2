using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansEcho.Client.Gateways;

/// <summary>Where a gateway listens, as a person wrote it: <c>echo.example:7001</c>, <c>10.0.0.1:7001</c>, <c>[::1]:7001</c> or <c>unix:/path</c>.</summary>
internal sealed record GatewayAddress
{
    private const string UnixPrefix = "unix:";
    private const int MaxUnixPath = 107; // sockaddr_un on Linux, without its NUL

    private GatewayAddress(string text, string host, EndPoint? endPoint, int port) => (Text, Host, EndPoint, Port) = (text, host, endPoint, port);

    /// <summary>As it was written; what logs and errors call the gateway.</summary>
    public string Text { get; }

    /// <summary>The name or address without the port: what a certificate is checked against.</summary>
    public string Host { get; }

    /// <summary>Where to connect to; null when the host is a name that has to be resolved first.</summary>
    public EndPoint? EndPoint { get; }

    /// <summary>The TCP port; 0 for a Unix socket.</summary>
    public int Port { get; }

    /// <summary>Reads an address; total.</summary>
    /// <param name="text">What a person wrote.</param>
    /// <param name="address">What it means.</param>
    /// <param name="fault">What is wrong with it, to stand after a colon; empty when nothing is.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out GatewayAddress? address, out string fault)
    {
        (address, fault) = (null, "");
        text ??= "";
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            var path = text[UnixPrefix.Length..];
            if (path.Length is 0 || Encoding.UTF8.GetByteCount(path) > MaxUnixPath || path.Contains('\0', StringComparison.Ordinal))
                fault = $"a socket's path has 1 to {MaxUnixPath} bytes and no NUL";
            else address = new GatewayAddress(text, "localhost", new UnixDomainSocketEndPoint(path), 0);
            return address is not null;
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is 0 or > IPEndPoint.MaxPort)
        {
            fault = "it needs a port from 1 to 65535 at its end, as in echo.example:7001";
            return false;
        }

        var host = text[..colon];
        var isBracketed = host is ['[', .., ']'];
        if (isBracketed != host.Contains(':', StringComparison.Ordinal)) fault = "an IPv6 address stands in brackets, as in [::1]:7001";
        else if (IPAddress.TryParse(host, out var ip)) address = new GatewayAddress(text, isBracketed ? host[1..^1] : host, new IPEndPoint(ip, port), port);
        else if (Uri.CheckHostName(host) is UriHostNameType.Dns) address = new GatewayAddress(text, host, null, port);
        else fault = $"'{host}' is neither an IP address nor a host name";
        return address is not null;
    }
}
