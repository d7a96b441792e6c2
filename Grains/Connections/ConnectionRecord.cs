using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Connections;

/// <summary>
/// What a connection's grain keeps of it, and the rules of the sequence numbers: pure arithmetic, no Orleans, no clock of its own.
/// </summary>
internal sealed class ConnectionRecord(ConnectionId id)
{
    private readonly ConnectionStateMachine _state = new();
    private ConnectionOpening? _opening;
    private CloseReason? _closeReason;
    private DateTimeOffset _lastActivityAt;
    private long _messages;
    private long _bytes;
    private long _nextSequence;
    private long _lastSequence = long.MaxValue; // of the set that the peer's FIN followed, once it has come

    public ConnectionState State => _state.State;

    /// <summary>
    /// Takes over the gateway's view, whatever this activation knew: after a call whose outcome the gateway doesn't know,
    /// it counts on from the echoes that the gateway has in hand, so that the set sent again is counted once.
    /// </summary>
    public void Open(ConnectionOpening opening, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(opening.NextSequence);
        if (State is not (ConnectionState.Connected or ConnectionState.Disconnecting)) _state.MoveTo(ConnectionState.Connected);
        _opening = opening;
        _messages = opening.Messages;
        _bytes = opening.Bytes;
        _nextSequence = opening.NextSequence;
        _lastActivityAt = now;
    }

    /// <summary>
    /// Takes note of a set. False when this activation is not open up to the set's number, so that the gateway has to open it;
    /// true when the set is to be handled: it is the next one, which is counted, or one that was sent again, which is not.
    /// </summary>
    public bool Accept(MessageSet set, DateTimeOffset now)
    {
        if (State is ConnectionState.Disconnected) throw new InvalidOperationException($"Connection {id} is closed ({_closeReason}).");
        if (State is ConnectionState.Connecting || set.Sequence > _nextSequence) return false;
        if (set.Sequence < _nextSequence) return true;
        if (set.Sequence > _lastSequence) throw new InvalidOperationException($"Connection {id} got set {set.Sequence} after its last, {_lastSequence}.");

        _nextSequence++;
        _messages += set.Count;
        _bytes += set.Bytes.Length;
        _lastActivityAt = now;
        if (set.IsLast && State is ConnectionState.Connected)
        {
            _lastSequence = set.Sequence;
            _state.MoveTo(ConnectionState.Disconnecting);
        }

        return true;
    }

    /// <summary>Ends the connection; false when it had ended before.</summary>
    public bool Close(CloseReason reason)
    {
        if (State is ConnectionState.Disconnected) return false;
        _closeReason = reason;
        if (State is not ConnectionState.Disconnecting) _state.MoveTo(ConnectionState.Disconnecting);
        _state.MoveTo(ConnectionState.Disconnected);
        return true;
    }

    /// <summary>All of it, for an operator; null when it was never opened here.</summary>
    public ConnectionInfo? Describe() => _opening is not { } opening ? null : new ConnectionInfo
    {
        Id = id,
        State = State,
        Gateway = opening.Gateway,
        Listener = opening.Listener,
        Peer = opening.Peer,
        OpenedAt = opening.OpenedAt,
        LastActivityAt = _lastActivityAt,
        Messages = _messages,
        Bytes = _bytes,
        NextSequence = _nextSequence,
        CloseReason = _closeReason,
    };
}
