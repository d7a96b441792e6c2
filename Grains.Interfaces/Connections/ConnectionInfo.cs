namespace OrleansEcho.Grains.Interfaces.Connections;

/// <summary>What a connection's grain knows of its connection.</summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.ConnectionInfo")]
public sealed record ConnectionInfo
{
    /// <summary>The connection.</summary>
    [Id(0)]
    public required ConnectionId Id { get; init; }

    /// <summary>Where in its life it is.</summary>
    [Id(1)]
    public required ConnectionState State { get; init; }

    /// <summary>The name of the gateway that holds the socket.</summary>
    [Id(2)]
    public required string Gateway { get; init; }

    /// <summary>The name of the listener that accepted it.</summary>
    [Id(3)]
    public required string Listener { get; init; }

    /// <summary>The peer's address as the gateway sees it.</summary>
    [Id(4)]
    public required string Peer { get; init; }

    /// <summary>When the gateway accepted it.</summary>
    [Id(5)]
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When the grain was last opened, or last got a set that it had not had before.</summary>
    [Id(6)]
    public required DateTimeOffset LastActivityAt { get; init; }

    /// <summary>Messages echoed; a set that was sent again counts once.</summary>
    [Id(7)]
    public required long Messages { get; init; }

    /// <summary>Payload bytes echoed; a set that was sent again counts once.</summary>
    [Id(8)]
    public required long Bytes { get; init; }

    /// <summary>The number of the next set that the grain expects.</summary>
    [Id(9)]
    public required long NextSequence { get; init; }

    /// <summary>Why the connection ended; null before it has.</summary>
    [Id(10)]
    public CloseReason? CloseReason { get; init; }
}
