namespace OrleansEcho.Grains.Interfaces.Connections;

/// <summary>
/// Why a connection ended: a closed list, in logs, in metrics and, where the protocol can carry it, told to the peer by this name.
/// </summary>
[GenerateSerializer]
[Alias("echo.CloseReason")]
public enum CloseReason
{
    /// <summary>The peer finished in order: it sent FIN and has all its echoes.</summary>
    PeerClosed = 0,

    /// <summary>The peer or the network cut the connection (RST), or stopped taking echoes.</summary>
    PeerReset = 1,

    /// <summary>The peer finished in the middle of a message.</summary>
    TruncatedFrame = 2,

    /// <summary>A message was longer than the listener's <c>MaxMessageBytes</c>.</summary>
    FrameTooLong = 3,

    /// <summary>No complete message for <c>IdleTimeoutSeconds</c>.</summary>
    IdleTimeout = 4,

    /// <summary>Not one byte within <c>FirstByteTimeoutSeconds</c> of the connection's opening.</summary>
    FirstByteTimeout = 5,

    /// <summary>The peer did not take its echoes for <c>SendTimeoutSeconds</c>.</summary>
    SendTimeout = 6,

    /// <summary>No silo answered within the backend's patience.</summary>
    BackendUnavailable = 7,

    /// <summary>The gateway is stopping; everything that had arrived was echoed.</summary>
    Draining = 8,

    /// <summary>The gateway is stopping and its drain deadline passed.</summary>
    Aborted = 9,

    /// <summary>A fault of ours, logged as an error.</summary>
    InternalError = 10,

    /// <summary>The gateway could not renew its share of the cluster's quota in time.</summary>
    QuotaLost = 11,

    /// <summary>The cluster's quota was lowered, and this connection was among the newest.</summary>
    QuotaLowered = 12,

    /// <summary>Peers held all that the gateway sets aside for their bytes (<c>Gateway:BufferMemoryBytes</c>), and this connection was among those that held most, or asked for more.</summary>
    BuffersExhausted = 13,
}
