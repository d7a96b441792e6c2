using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace OrleansEcho.Testing;

/// <summary>
/// A server on a port of this machine that does with each connection what a test says, over TLS where one wants it. A client that goes away, or speaks
/// something else, is nothing unusual. When it is disposed of, it waits for all connections to end.
/// </summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly Func<Connection, Task> _serve;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly ConcurrentQueue<string?> _clients = new();

    /// <summary>Begins to accept.</summary>
    /// <param name="serve">Serves a connection to its end, or until <see cref="Stopping"/>; it is closed then.</param>
    /// <param name="tls">What TLS it wants; none when null.</param>
    /// <param name="here">The address of this machine; 127.0.0.1 when null.</param>
    /// <param name="port">The port; a free one when 0.</param>
    public LoopbackServer(Func<Connection, Task> serve, SslServerAuthenticationOptions? tls = null, IPAddress? here = null, int port = 0)
    {
        (_serve, _tls) = (serve, tls);
        _listener = new LoopbackListener(here ?? IPAddress.Loopback, ServeAsync, port);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => _listener.Address;

    /// <summary>Is cancelled when it is disposed of.</summary>
    public CancellationToken Stopping => _listener.Stopping;

    /// <summary>The subjects of the certificates that clients have shown it, in order; null for none. Those without TLS are not among them.</summary>
    public IReadOnlyCollection<string?> Clients => _clients;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield(); // others are to be accepted meanwhile
        using (socket)
        {
            socket.NoDelay = true;
            try
            {
                await using var plain = new NetworkStream(socket);
                if (_tls is null)
                {
                    await _serve(new Connection(socket, plain));
                    return;
                }

                await using var secure = new SslStream(plain);
                await secure.AuthenticateAsServerAsync(_tls, Stopping);
                _clients.Enqueue(secure.RemoteCertificate?.Subject);
                await _serve(new Connection(socket, secure));
            }
            catch (Exception fault) when (fault is IOException or OperationCanceledException or AuthenticationException)
            {
                // That client has gone, or speaks something else, or the test is over.
            }
        }
    }

    /// <summary>A client's connection.</summary>
    /// <param name="Socket">Its socket, under TLS where there is some.</param>
    /// <param name="Stream">What it says.</param>
    public sealed record Connection(Socket Socket, Stream Stream);
}
