namespace OrleansEcho.Client.Connections;

/// <summary>
/// An echo, in memory that is used again: dispose of it when it was read. One that is not disposed of is no leak, only garbage. Copies of
/// this value are the same reply, and all end with the first disposal.
/// </summary>
public readonly struct EchoReply : IDisposable, IEquatable<EchoReply>
{
    private readonly ReplyBuffer? _buffer;
    private readonly int _generation;

    internal EchoReply(ReplyBuffer buffer) => (_buffer, _generation) = (buffer, buffer.Generation);

    /// <summary>The payload. It belongs to somebody else after the disposal: do not keep it.</summary>
    /// <exception cref="ObjectDisposedException">The reply was disposed of.</exception>
    public ReadOnlyMemory<byte> Memory => _buffer is null ? default : _buffer.Read(_generation);

    /// <summary>The payload. It belongs to somebody else after the disposal: do not keep it.</summary>
    /// <exception cref="ObjectDisposedException">The reply was disposed of.</exception>
    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>The payload's length, in bytes.</summary>
    /// <exception cref="ObjectDisposedException">The reply was disposed of.</exception>
    public int Length => Memory.Length;

    /// <summary>Whether two values are the same reply; the bytes are not compared.</summary>
    /// <param name="left">One of them.</param>
    /// <param name="right">The other one.</param>
    public static bool operator ==(EchoReply left, EchoReply right) => left.Equals(right);

    /// <summary>Whether two values are different replies; the bytes are not compared.</summary>
    /// <param name="left">One of them.</param>
    /// <param name="right">The other one.</param>
    public static bool operator !=(EchoReply left, EchoReply right) => !left.Equals(right);

    /// <summary>Gives the memory back; a second time does nothing.</summary>
    public void Dispose() => _buffer?.Return(_generation);

    /// <inheritdoc />
    public bool Equals(EchoReply other) => ReferenceEquals(_buffer, other._buffer) && _generation == other._generation;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is EchoReply other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_buffer, _generation);
}
