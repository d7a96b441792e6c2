namespace OrleansEcho.Grains.Interfaces.Connections;

/// <summary>
/// Why a connection was refused before it began: a closed list, in logs, in metrics and, where the protocol can carry it, told to the peer by this name.
/// </summary>
[GenerateSerializer]
[Alias("echo.RejectReason")]
public enum RejectReason
{
    /// <summary>This gateway process holds <c>Gateway:MaxConnections</c> connections already.</summary>
    TooManyConnections = 0,

    /// <summary>No silo could be reached to open the connection's grain.</summary>
    BackendUnavailable = 1,

    /// <summary>The gateway is stopping.</summary>
    Draining = 2,

    /// <summary>A fault of ours, logged as an error.</summary>
    InternalError = 3,

    /// <summary>The cluster holds as many connections as its quota allows.</summary>
    QuotaExceeded = 4,

    /// <summary>The cluster's quota cannot be asked, or lends nothing yet.</summary>
    QuotaUnavailable = 5,

    /// <summary>Silos are there, and could not open the connection's grain in time.</summary>
    Overloaded = 6,
}
