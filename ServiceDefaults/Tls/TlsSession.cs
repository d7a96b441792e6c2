using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>TLS on one connection: the handshake, in which both ends prove who they are, and then the connection's bytes.</summary>
/// <param name="connection">The connection.</param>
/// <param name="identity">What this end proves who it is with.</param>
/// <param name="peer">Who the other end has to be.</param>
internal sealed class TlsSession(ConnectionContext connection, TlsIdentity identity, CertificateRole peer) : IAsyncDisposable
{
    // The longest record of TLS: one is read, and written, as a whole.
    private const int Record = 16_384;

    // What the accepting end says when it has found the other's certificate good. In TLS 1.3 the connecting end is ready before that, and would take the
    // hanging up of one that refuses it for a lost connection.
    private static readonly byte[] Welcome = [1];

    private readonly SslStream _stream = new(new DuplexPipeStream(connection.Transport));
    private string? _refusal;

    /// <summary>The accepting end's part.</summary>
    /// <exception cref="TlsFaultException">The other end is not one of the cluster's, or did not finish in time.</exception>
    /// <exception cref="OperationCanceledException">The connection was given up.</exception>
    public Task AcceptAsync(CancellationToken limit) => ShakeHandsAsync(AcceptCoreAsync, "it hangs up during the TLS handshake, as one does that does not trust the certificate that it was shown", limit);

    /// <summary>The connecting end's part.</summary>
    /// <inheritdoc cref="AcceptAsync"/>
    public Task ConnectAsync(CancellationToken limit) => ShakeHandsAsync(ConnectCoreAsync, "it hangs up on the TLS handshake, as one without TLS does (Cluster:Tls)", limit);

    /// <summary>Lets the connection's user read and write what TLS protects, until that is done with it.</summary>
    public async Task RunAsync(ConnectionDelegate next)
    {
        var plain = connection.Transport;
        var inside = new Pipes(
            PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: Record, leaveOpen: true)),
            PipeWriter.Create(_stream, new StreamPipeWriterOptions(minimumBufferSize: Record, leaveOpen: true)));
        connection.Transport = inside;
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = plain; // whoever closes the connection closes that
            await inside.Input.CompleteAsync();
            await inside.Output.CompleteAsync(new ConnectionAbortedException()); // without the exception it would still try to write
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task ShakeHandsAsync(Func<CancellationToken, Task> handshake, string hangsUp, CancellationToken limit)
    {
        try
        {
            await handshake(limit);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || limit.IsCancellationRequested)
        {
            throw new TlsFaultException(_refusal ?? fault switch
            {
                OperationCanceledException => "it does not finish the TLS handshake",
                IOException when _stream.IsAuthenticated => "it refuses the certificate that it was shown; its log says why",
                IOException => hangsUp,
                _ => $"the TLS handshake failed: {Innermost(fault).Message.TrimEnd('.')}",
            });
        }
    }

    private async Task AcceptCoreAsync(CancellationToken limit)
    {
        await _stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = identity.Context,
                ClientCertificateRequired = true,
                CertificateChainPolicy = identity.Rules.PolicyFor(peer),
                RemoteCertificateValidationCallback = Check,
                AllowTlsResume = false, // every connection is asked for its certificate, by the rules of today
                AllowRenegotiation = false,
            },
            limit);
        await _stream.WriteAsync(Welcome, limit);
    }

    private async Task ConnectCoreAsync(CancellationToken limit)
    {
        await _stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "", // silos are addressed by IP, and known by their certificates' authority and use
                ClientCertificateContext = identity.Context,
                CertificateChainPolicy = identity.Rules.PolicyFor(peer),
                RemoteCertificateValidationCallback = Check,
                AllowTlsResume = false,
                AllowRenegotiation = false,
            },
            limit);
        await _stream.ReadExactlyAsync(new byte[Welcome.Length], limit);
    }

    private bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 presented || chain is null) _refusal = "it presents no certificate";
        else if (identity.Rules.Explain(presented, chain, peer) is { } wrong) _refusal = $"its certificate ({PeerText.Of(presented.Subject)}) {wrong}";
        else if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)) _refusal = $"its certificate ({PeerText.Of(presented.Subject)}) is not valid";
        return _refusal is null;
    }

    private static Exception Innermost(Exception fault) => fault.InnerException is { } inner ? Innermost(inner) : fault;

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
