using System.Net;

namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>One listener of one gateway.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">From 1 to 65,535.</param>
/// <param name="Framing">How it tells one message from the next: <c>line</c>, <c>length-prefixed</c> or <c>raw</c>.</param>
/// <param name="Tls">How to speak TLS to it; null for plain TCP.</param>
public sealed record LoadTarget(string Host, int Port, string Framing, LoadTls? Tls = null)
{
    /// <summary><c>HOST:PORT</c>, as reports name it.</summary>
    public string Name => IPAddress.TryParse(Host, out var address) && address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
