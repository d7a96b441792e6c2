namespace OrleansEcho.Client.Faults;

/// <summary>Why a gateway refuses or closes a connection: the words of docs/protocols.md, which says for each what a client does.</summary>
public enum EchoReason
{
    /// <summary>A word that this version of the client does not know.</summary>
    Unknown,

    /// <summary>Refused: the gateway holds as many connections as it may.</summary>
    TooManyConnections,

    /// <summary>Refused or closed: no silo could be reached, or none answered in time.</summary>
    BackendUnavailable,

    /// <summary>Refused or closed: the gateway is stopping.</summary>
    Draining,

    /// <summary>Refused or closed: a fault of the gateway or of a grain.</summary>
    InternalError,

    /// <summary>Refused: the whole cluster holds as many connections as its quota allows.</summary>
    QuotaExceeded,

    /// <summary>Refused: the quota cannot be asked, or lends nothing yet.</summary>
    QuotaUnavailable,

    /// <summary>Closed: the last message was not complete.</summary>
    TruncatedFrame,

    /// <summary>Closed: a message was longer than the listener's <c>MaxMessageBytes</c>, or the listener speaks another framing.</summary>
    FrameTooLong,

    /// <summary>Closed: no complete message for the listener's <c>IdleTimeoutSeconds</c>.</summary>
    IdleTimeout,

    /// <summary>Closed: not one byte within the listener's <c>FirstByteTimeoutSeconds</c>.</summary>
    FirstByteTimeout,

    /// <summary>Closed: the gateway could not renew its share of the cluster's quota.</summary>
    QuotaLost,

    /// <summary>Closed: the quota was lowered, and this connection was among the newest.</summary>
    QuotaLowered,

    /// <summary>Refused: silos are there, and could not open the connection in time.</summary>
    Overloaded,

    /// <summary>Closed: the gateway's memory for peers' bytes was used up, and this connection held more of it than others.</summary>
    BuffersExhausted,
}
