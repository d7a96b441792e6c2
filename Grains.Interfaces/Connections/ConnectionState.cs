namespace OrleansEcho.Grains.Interfaces.Connections;

/// <summary>The states of a connection, in the only order in which it can pass through them.</summary>
[GenerateSerializer]
[Alias("echo.ConnectionState")]
public enum ConnectionState
{
    /// <summary>Named, but not opened yet: the grain does not know its gateway and its peer.</summary>
    Connecting = 0,

    /// <summary>Open: messages travel.</summary>
    Connected = 1,

    /// <summary>The peer has sent its last set, or its end is being recorded: what is pending is still echoed, nothing new begins.</summary>
    Disconnecting = 2,

    /// <summary>Over. Nothing leads out of this state.</summary>
    Disconnected = 3,
}
