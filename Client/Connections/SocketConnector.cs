using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace OrleansEcho.Client.Connections;

/// <summary>Sockets, and TLS on them. Certificates are read once, when the client or the pool is made.</summary>
internal sealed class SocketConnector : IConnector
{
    private readonly EchoTlsOptions? _tls;
    private readonly TlsFiles? _files;

    /// <param name="tls">How to talk TLS; not at all when null.</param>
    /// <param name="prefix">What stands before the options' names in a fault.</param>
    /// <exception cref="OptionsValidationException">A file cannot be used (any more: options are validated before); the message has a line for each.</exception>
    public SocketConnector(EchoTlsOptions? tls, string prefix = "Tls:")
    {
        if (tls is null) return;
        var faults = new List<string>();
        (_tls, _files) = (tls, TlsFiles.Read(tls, prefix, faults));
        if (faults.Count > 0) throw new OptionsValidationException(nameof(EchoTlsOptions), typeof(EchoTlsOptions), faults);
    }

    /// <inheritdoc />
    public async ValueTask<Stream> ConnectAsync(EndPoint endPoint, string host, CancellationToken cancellationToken)
    {
        var socket = endPoint switch
        {
            UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            DnsEndPoint => new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, // of both families, where the machine has both
            _ => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
        };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (_tls is null) return stream;
            var secure = new SslStream(stream, leaveInnerStreamOpen: false);
            stream = secure;
            await secure.AuthenticateAsClientAsync(Handshake(_tls, host), cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            throw;
        }
    }

    private SslClientAuthenticationOptions Handshake(EchoTlsOptions tls, string host)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = tls.TargetHost ?? host, ClientCertificateContext = _files?.Certificate };
        if (_files?.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        tls.Configure?.Invoke(options);
        return options;
    }
}
