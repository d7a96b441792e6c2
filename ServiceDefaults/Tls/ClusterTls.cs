using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OrleansEcho.ServiceDefaults.Listening;

namespace OrleansEcho.ServiceDefaults.Tls;

/// <summary>
/// TLS on the connections inside the cluster, with a certificate at both ends; without <c>Cluster:Tls</c> it only turns away who does not
/// speak as a cluster's members do. It knows connections and not what they are for, so that it works for whatever accepts and connects by way of <see cref="IConnectionBuilder"/>.
/// </summary>
public sealed class ClusterTls
{
    // It takes two round trips and some milliseconds. Orleans gives a connection between silos as long to be opened.
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many connections to this silo's ports may not have said yet who they are. It takes milliseconds, and whoever had to make room
    /// tries again.
    /// </summary>
    internal const int MaxHandshakes = 64;

    private readonly CertificateWatch _certificate;
    private readonly TlsFaultLog _faults;
    private readonly ConnectionRoom _handshakes;
    private readonly TimeProvider _time;

    internal ClusterTls(CertificateWatch certificate, TlsFaultLog faults, TimeProvider time, ILoggerFactory loggers)
    {
        (_certificate, _faults, _time) = (certificate, faults, time);
        _handshakes = new ConnectionRoom(MaxHandshakes, "to this silo's ports that have not said who they are", time, loggers.CreateLogger<ConnectionRoom>());
    }

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
            if (await IsGreetedAsync(connection)) await next(connection);
            return;
        }

        await using var session = new TlsSession(connection, identity, peer);
        if (await IsAcceptedAsync(connection, session)) await session.RunAsync(next);
    }

    private async Task<bool> IsGreetedAsync(ConnectionContext connection)
    {
        using var place = _handshakes.Enter(connection);
        using var limit = new CancellationTokenSource(HandshakeLimit, _time);
        try
        {
            var kind = await FirstBytes.ReadAsync(connection.Transport.Input, wantsGreeting: true, limit.Token);
            if (kind is FirstBytesKind.Greeting) return true;
            if (kind is not FirstBytesKind.None) _faults.Refused(connection.RemoteEndPoint, Explain(kind)); // none is of a gateway that looks whether a silo is there
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            _faults.Refused(connection.RemoteEndPoint, $"it says nothing that a silo or a gateway would, for {HandshakeLimit.TotalSeconds} s");
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // It was closed, by whichever end: nobody is left to be refused.
        }

        return false;
    }

    private static string Explain(FirstBytesKind kind) => kind switch
    {
        FirstBytesKind.Tls => "it uses TLS, and this silo does not (Cluster:Tls)",
        FirstBytesKind.Http => "it speaks HTTP, which is spoken on Management:Address; this port is for silos and gateways",
        _ => "it does not speak as silos and gateways do; peers connect to a gateway's listeners (Gateway:Listeners)",
    };

    private async Task<bool> IsAcceptedAsync(ConnectionContext connection, TlsSession session)
    {
        using var place = _handshakes.Enter(connection);
        using var limit = new CancellationTokenSource(HandshakeLimit, _time);
        try
        {
            var kind = await FirstBytes.ReadAsync(connection.Transport.Input, wantsGreeting: false, limit.Token);
            if (kind is FirstBytesKind.None) return false; // a gateway that looks whether a silo is there
            if (kind is FirstBytesKind.Tls)
            {
                await session.AcceptAsync(limit.Token);
                return true;
            }

            _faults.Refused(connection.RemoteEndPoint, kind is FirstBytesKind.Greeting ? "it does not use TLS (Cluster:Tls)" : Explain(kind));
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
