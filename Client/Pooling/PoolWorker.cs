using System.Net.Sockets;
using OrleansEcho.Client.Connections;

namespace OrleansEcho.Client.Pooling;

/// <summary>Opens and asks connections for a pool: what its state wants done and takes time.</summary>
internal sealed class PoolWorker(EchoClientPoolOptions options, PoolSeams seams, TimeProvider time)
{
    // The least that both framings can echo, and nothing that a line could not carry.
    private static readonly ReadOnlyMemory<byte> Question = "."u8.ToArray();

    /// <summary>Connects, and has one byte echoed: only then is it known that the gateway does not refuse the connection.</summary>
    /// <exception cref="Exception">Whatever <see cref="EchoClient"/> throws.</exception>
    public async Task<EchoClient> OpenAsync(PooledConnection connection, CancellationToken cancellationToken)
    {
        var client = await EchoClient.ConnectAsync(
            seams.Connector, connection.Gateway.Address, connection.Gateway.EndPoint, options.Connection, time, cancellationToken, connection.Gateway.Requests).ConfigureAwait(false);
        try
        {
            await AskAsync(client, cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether a connection that has idled still echoes.</summary>
    public async Task<bool> IsAliveAsync(EchoClient client, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(client, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception fault) when (fault is IOException or TimeoutException or ObjectDisposedException or OperationCanceledException)
        {
            return false; // the pool's metrics have the cause
        }
    }

    /// <summary>The addresses that a name stands for.</summary>
    /// <exception cref="SocketException">None.</exception>
    public async Task<System.Net.IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = await seams.Resolver.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
    }

    private async Task AskAsync(EchoClient client, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ValidationTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var reply = await client.SendAsync(Question, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No echo from {client.Gateway} within {options.ValidationTimeout.TotalSeconds:0.###} s (ValidationTimeout).");
        }
    }
}
