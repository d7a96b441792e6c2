using System.Net;
using System.Net.Sockets;

namespace OrleansEcho.Testing;

/// <summary>Accepts on a free port of this machine and serves each connection, until it is disposed of; then it waits for all.</summary>
public sealed class LoopbackListener : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Func<Socket, Task> _serve;
    private readonly Task _accepting;

    /// <summary>Begins to accept.</summary>
    /// <param name="here">The address of this machine.</param>
    /// <param name="serve">Serves a connection to its end, or until <see cref="Stopping"/>; the socket is its own.</param>
    /// <param name="port">The port; a free one when 0.</param>
    public LoopbackListener(IPAddress here, Func<Socket, Task> serve, int port = 0)
    {
        _serve = serve;
        _listener = new Socket(here.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(here, port));
        _listener.Listen();
        Address = (IPEndPoint)_listener.LocalEndPoint!;
        Stopping = _end.Token;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Is cancelled when it is disposed of.</summary>
    public CancellationToken Stopping { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(_serve(await _listener.AcceptAsync(Stopping)));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }

        await Task.WhenAll(connections);
    }
}
