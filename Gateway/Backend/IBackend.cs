using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Backend;

/// <summary>The gateway's port to the cluster. How a set reaches its grain is the secret of what stands behind it.</summary>
internal interface IBackend
{
    /// <summary>Whether a silo is believed to be reachable now. A hint that makes a refusal quick: a call may still fail.</summary>
    bool IsReachable { get; }

    /// <summary>Opens the grain of a new connection.</summary>
    /// <exception cref="BackendUnavailableException">No silo could be reached in time.</exception>
    /// <exception cref="BackendOverloadedException">A silo is there, and did not open it in time.</exception>
    /// <exception cref="OperationCanceledException">The connection was given up.</exception>
    ValueTask<IBackendConnection> OpenAsync(ConnectionId id, ConnectionOpening opening, CancellationToken cancellationToken);

    /// <summary>Asks the cluster's quota. One try.</summary>
    /// <exception cref="BackendUnavailableException">It did not answer; whether it has heard is not known.</exception>
    ValueTask<LeaseReply> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken);
}

/// <summary>The backend's end of one connection. One call at a time.</summary>
internal interface IBackendConnection
{
    /// <summary>Sends the connection's next set and waits for the set to write to the peer, over lost calls and lost silos.</summary>
    /// <exception cref="BackendUnavailableException">No silo answered within the backend's patience.</exception>
    /// <exception cref="OperationCanceledException">The connection was given up while it waited to try again.</exception>
    ValueTask<MessageSet> EchoAsync(MessageSet set, CancellationToken cancellationToken);

    /// <summary>Tells the grain that the connection is over. One try, no exception: a grain that does not hear of it is collected when idle.</summary>
    ValueTask CloseAsync(CloseReason reason);
}

/// <summary>No silo answered in time.</summary>
internal sealed class BackendUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Silos are there, and have more to do than they can do in time.</summary>
internal sealed class BackendOverloadedException(string message, Exception? inner = null) : Exception(message, inner);
