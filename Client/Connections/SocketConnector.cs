using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace OrleansEcho.Client.Connections;

/// <summary>Sockets, and TLS on them. Certificates are read once, when the client or the pool is made.</summary>
internal sealed class SocketConnector : IConnector
{
    private readonly EchoTlsOptions? _tls;
    private readonly X509Certificate2Collection? _authorities;
    private readonly SslStreamCertificateContext? _certificate;

    /// <exception cref="ArgumentException">A certificate's file cannot be read; the message is one line.</exception>
    public SocketConnector(EchoTlsOptions? tls)
    {
        _tls = tls;
        try
        {
            if (tls?.AuthorityFile is { } authorities)
            {
                _authorities = [];
                _authorities.ImportFromPemFile(authorities);
            }

            if (tls?.CertificateFile is { } certificate) _certificate = ReadCertificate(certificate, tls.KeyFile);
        }
        catch (Exception fault) when (fault is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"Tls: the certificates cannot be read: {fault.Message}", nameof(tls), fault);
        }
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
        var options = new SslClientAuthenticationOptions { TargetHost = tls.TargetHost ?? host, ClientCertificateContext = _certificate };
        if (_authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        }

        tls.Configure?.Invoke(options);
        return options;
    }

    private static SslStreamCertificateContext ReadCertificate(string file, string? key)
    {
        var certificate = X509Certificate2.CreateFromPemFile(file, key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }
}
