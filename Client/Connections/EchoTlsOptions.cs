using System.Net.Security;

namespace OrleansEcho.Client.Connections;

/// <summary>TLS to what ends it before the gateway, such as a proxy. The server's certificate is always checked.</summary>
public sealed class EchoTlsOptions
{
    /// <summary>The name that the server's certificate has to have; the host of the gateway's address when null, the default.</summary>
    public string? TargetHost { get; set; }

    /// <summary>A PEM file with the authorities that may have signed the server's certificate; the system's when null, the default.</summary>
    public string? AuthorityFile { get; set; }

    /// <summary>A PEM file with the client's certificate, and those between it and the authority; none when null, the default.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The PEM file with the key of <see cref="CertificateFile"/>; it is set when that is.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Has the last word on the options of each handshake, such as a validation of its own; must not throw. None when null, the default.</summary>
    public Action<SslClientAuthenticationOptions>? Configure { get; set; }
}
