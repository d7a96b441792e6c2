using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using OrleansEcho.Protocols;

namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>A target as it is written, <c>[FRAMING=]HOST:PORT</c>: as the gateway's <c>--listen</c> has it.</summary>
/// <param name="Framing">The framing; null where it is not said.</param>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">From 1 to 65,535.</param>
internal sealed record TargetText(string? Framing, string Host, int Port)
{
    /// <summary>What <see cref="TryParse"/> takes, but for the port's value and addresses in brackets.</summary>
    public const string Pattern = @"^((line|length-prefixed|raw)=)?(\[[0-9a-fA-F:.%a-z]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}$";

    /// <summary>Reads a target; total. On failure <paramref name="fault"/> says what is wrong and what to do.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TargetText? target, out string fault)
    {
        (target, fault) = (null, "");
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (framing, address) = equals < 0 ? (null, text) : (text[..equals], text[(equals + 1)..]);
        var colon = address.LastIndexOf(':');
        var (host, port) = colon < 0 ? (address, "") : (address[..colon], address[(colon + 1)..]);
        if (framing is not null && !Framings.Names.Contains(framing, StringComparer.Ordinal)) fault = $"has no known framing; {Nearest.Advice(framing, [.. Framings.Names])}";
        else if (colon < 0) fault = "has no port; write HOST:PORT, such as 127.0.0.1:7000";
        else if (!IsPort(port, out var number)) fault = "has no port from 1 to 65535 at its end; write HOST:PORT";
        else if (host is ['[', .. var inner, ']'] && IPAddress.TryParse(inner, out _) && inner.Contains(':', StringComparison.Ordinal)) target = new(framing, inner, number);
        else if (host.Length is 0 || !host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')) fault = "has no host name or address before its port; write HOST:PORT, and IPv6 as [::1]:7000";
        else target = new(framing, host, number);
        return target is not null;
    }

    private static bool IsPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= IPEndPoint.MaxPort && text.Length <= 5;
}
