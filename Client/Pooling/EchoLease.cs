using OrleansEcho.Client.Connections;

namespace OrleansEcho.Client.Pooling;

/// <summary>
/// The right to use one connection of a pool, until it is disposed of. Copies of this value are the same lease, and all end with the
/// first disposal: a connection that somebody else has by then cannot be used or returned through it.
/// </summary>
public readonly struct EchoLease : IAsyncDisposable, IEquatable<EchoLease>
{
    private readonly PooledConnection? _connection;
    private readonly long _generation;

    internal EchoLease(PooledConnection connection, long generation) => (_connection, _generation) = (connection, generation);

    /// <summary>The gateway's address, as it was configured.</summary>
    /// <exception cref="ObjectDisposedException">The lease was disposed of.</exception>
    public string Gateway => Client.Gateway;

    /// <summary>Whether the connection stands, as far as anybody can know.</summary>
    /// <exception cref="ObjectDisposedException">The lease was disposed of.</exception>
    public bool IsOpen => Client.IsOpen;

    private EchoClient Client
    {
        get
        {
            ObjectDisposedException.ThrowIf(_connection is null || _connection.Generation != _generation, typeof(EchoLease));
            return _connection.Client!;
        }
    }

    /// <summary>Whether two values are the same lease.</summary>
    /// <param name="left">One of them.</param>
    /// <param name="right">The other one.</param>
    public static bool operator ==(EchoLease left, EchoLease right) => left.Equals(right);

    /// <summary>Whether two values are different leases.</summary>
    /// <param name="left">One of them.</param>
    /// <param name="right">The other one.</param>
    public static bool operator !=(EchoLease left, EchoLease right) => !left.Equals(right);

    /// <inheritdoc cref="EchoClient.SendAsync(ReadOnlyMemory{byte}, CancellationToken)" />
    /// <exception cref="ObjectDisposedException">The lease or the pool was disposed of.</exception>
    public ValueTask<EchoReply> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) => Client.SendAsync(message, cancellationToken);

    /// <inheritdoc cref="EchoClient.SendAsync(ReadOnlyMemory{byte}, Memory{byte}, CancellationToken)" />
    /// <exception cref="ObjectDisposedException">The lease or the pool was disposed of.</exception>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> message, Memory<byte> reply, CancellationToken cancellationToken = default) => Client.SendAsync(message, reply, cancellationToken);

    /// <inheritdoc cref="EchoClient.SendAsync(ReadOnlyMemory{byte}, TimeSpan, CancellationToken)" />
    /// <exception cref="ObjectDisposedException">The lease or the pool was disposed of.</exception>
    public ValueTask<EchoReply> SendAsync(ReadOnlyMemory<byte> message, TimeSpan timeout, CancellationToken cancellationToken = default) => Client.SendAsync(message, timeout, cancellationToken);

    /// <inheritdoc cref="EchoClient.SendAsync(ReadOnlyMemory{byte}, Memory{byte}, TimeSpan, CancellationToken)" />
    /// <exception cref="ObjectDisposedException">The lease or the pool was disposed of.</exception>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> message, Memory<byte> reply, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Client.SendAsync(message, reply, timeout, cancellationToken);

    /// <summary>Returns the connection; a second time does nothing. One that has ended, or had a request time out, is not used again.</summary>
    public ValueTask DisposeAsync()
    {
        _connection?.Owner?.Return(_connection, _generation);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public bool Equals(EchoLease other) => ReferenceEquals(_connection, other._connection) && _generation == other._generation;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is EchoLease other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_connection, _generation);
}
