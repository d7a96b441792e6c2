namespace OrleansEcho.Gateway.Connections;

/// <summary>The limits of one connection, whatever its protocol. A time-out of zero is none.</summary>
internal sealed record ConnectionLimits
{
    /// <summary>The longest payload of a message, in bytes.</summary>
    public required int MaxMessageBytes { get; init; }

    /// <summary>The most payload bytes that travel to the grain at once; at least one message always does.</summary>
    public required int MaxBytesInFlight { get; init; }

    /// <summary>How many bytes the transport may have received that it has not shown yet, in bytes: none where it receives when somebody reads.</summary>
    public int ReadAheadBytes { get; init; }

    /// <summary>How many bytes the transport may take over that it has not sent yet, in bytes: none where whoever flushes waits until all is sent.</summary>
    public int WriteBehindBytes { get; init; }

    public TimeSpan FirstByteTimeout { get; init; }

    public TimeSpan IdleTimeout { get; init; }

    public TimeSpan SendTimeout { get; init; }

    /// <summary>How long a connection that we close goes on reading, so that the peer gets our last words instead of a reset.</summary>
    public TimeSpan Linger { get; init; }
}
