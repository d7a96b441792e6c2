using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Connections;

/// <summary>Holds a connection's <see cref="ConnectionState"/> and lets it change only forwards.</summary>
internal sealed class ConnectionStateMachine
{
    /// <summary>The state that the connection is in.</summary>
    public ConnectionState State { get; private set; } = ConnectionState.Connecting;

    /// <summary>Goes to the next state.</summary>
    /// <exception cref="InvalidOperationException">No connection can go from here to there.</exception>
    public void MoveTo(ConnectionState next)
    {
        if (!CanMove(State, next)) throw new InvalidOperationException($"A connection that is {State} cannot become {next}.");
        State = next;
    }

    /// <summary>Whether a connection can go from one state to the other in one step.</summary>
    public static bool CanMove(ConnectionState from, ConnectionState to) => (from, to) switch
    {
        (ConnectionState.Connecting, ConnectionState.Connected) => true,
        (ConnectionState.Connecting, ConnectionState.Disconnecting) => true, // given up before it was open
        (ConnectionState.Connected, ConnectionState.Disconnecting) => true,
        (ConnectionState.Disconnecting, ConnectionState.Disconnected) => true,
        _ => false,
    };
}
