using Microsoft.AspNetCore.Connections;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>
/// TLS on the connections inside the cluster, with a certificate at both ends; without <c>Cluster:Tls</c> it only notices those who use it. It knows
/// connections and not what they are for, so that it works for whatever accepts and connects by way of <see cref="IConnectionBuilder"/>.
/// </summary>
public sealed class ClusterTls
{
    // It takes two round trips and some milliseconds. Orleans gives a connection between silos as long to be opened.
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(5);

    private readonly CertificateWatch _certificate;
    private readonly TlsFaultLog _faults;
    private readonly TimeProvider _time;

    internal ClusterTls(CertificateWatch certificate, TlsFaultLog faults, TimeProvider time) => (_certificate, _faults, _time) = (certificate, faults, time);

    /// <summary>For the port that gateways connect to.</summary>
    public void AcceptGateways(IConnectionBuilder connections) => connections.Use(next => connection => AcceptAsync(connection, next, CertificateRole.Gateway));

    /// <summary>For the port that other silos connect to.</summary>
    public void AcceptSilos(IConnectionBuilder connections) => connections.Use(next => connection => AcceptAsync(connection, next, CertificateRole.Silo));

    /// <summary>For connections to silos. Where TLS fails, a <see cref="TlsFaultException"/> ends the connection.</summary>
    public void ConnectToSilos(IConnectionBuilder connections) => ConnectToSilos(connections, static _ => { });

    /// <inheritdoc cref="ConnectToSilos(IConnectionBuilder)"/>
    /// <param name="connections">The connections.</param>
    /// <param name="failed">Hears of each one, too: whoever waits for a connection may be told only that it has ended.</param>
    public void ConnectToSilos(IConnectionBuilder connections, Action<TlsFaultException> failed) => connections.Use(next => connection => ConnectAsync(connection, next, failed));

    private async Task AcceptAsync(ConnectionContext connection, ConnectionDelegate next, CertificateRole peer)
    {
        if (_certificate.Current is not { } identity)
        {
            await AcceptPlainAsync(connection, next);
            return;
        }

        await using var session = new TlsSession(connection, identity, peer);
        if (await IsAcceptedAsync(connection, session)) await session.RunAsync(next);
    }

    private async Task AcceptPlainAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var isTls = await FirstBytes.AreTlsAsync(connection.Transport.Input, CancellationToken.None);
        if (isTls is true) _faults.Refused(connection.RemoteEndPoint, "it uses TLS, and this silo does not (Cluster:Tls)");
        if (isTls is false) await next(connection);
    }

    private async Task<bool> IsAcceptedAsync(ConnectionContext connection, TlsSession session)
    {
        using var limit = new CancellationTokenSource(HandshakeLimit, _time);
        try
        {
            var isTls = await FirstBytes.AreTlsAsync(connection.Transport.Input, limit.Token);
            if (isTls is null) return false; // a gateway that looks whether a silo is there
            if (isTls is true)
            {
                await session.AcceptAsync(limit.Token);
                return true;
            }

            _faults.Refused(connection.RemoteEndPoint, "it does not use TLS (Cluster:Tls)");
            await FirstBytes.AnswerAsync(connection.Transport, limit.Token);
        }
        catch (TlsFaultException fault)
        {
            _faults.Refused(connection.RemoteEndPoint, fault.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            _faults.Refused(connection.RemoteEndPoint, "it does not begin the TLS handshake");
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // It was closed, by whichever end: nobody is left to be refused.
        }

        return false;
    }

    private async Task ConnectAsync(ConnectionContext connection, ConnectionDelegate next, Action<TlsFaultException> failed)
    {
        if (_certificate.Current is not { } identity)
        {
            await next(connection);
            return;
        }

        await using var session = new TlsSession(connection, identity, CertificateRole.Silo);
        using (var limit = new CancellationTokenSource(HandshakeLimit, _time))
        {
            try
            {
                await session.ConnectAsync(limit.Token);
            }
            catch (TlsFaultException fault)
            {
                _faults.NotConnected(connection.RemoteEndPoint, fault.Message);
                failed(fault);
                throw;
            }
        }

        await session.RunAsync(next);
    }
}
