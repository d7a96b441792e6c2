namespace OrleansEcho.Grains.Interfaces.Connections;

/// <summary>
/// What a gateway tells a connection's grain when it opens it, the first time and again whenever the grain may have vanished.
/// The gateway is the authority: it alone knows which echoes it has in hand.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.ConnectionOpening")]
public sealed record ConnectionOpening
{
    /// <summary>The name of the gateway that holds the socket.</summary>
    [Id(0)]
    public required string Gateway { get; init; }

    /// <summary>The name of the listener that accepted the connection.</summary>
    [Id(1)]
    public required string Listener { get; init; }

    /// <summary>The peer's address as the gateway sees it; may be empty for a Unix socket.</summary>
    [Id(2)]
    public required string Peer { get; init; }

    /// <summary>When the gateway accepted the connection.</summary>
    [Id(3)]
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>The number of the next set that the gateway will send: 1 for a new connection.</summary>
    [Id(4)]
    public required long NextSequence { get; init; }

    /// <summary>Messages whose echoes the gateway has had: what the grain counts on from.</summary>
    [Id(5)]
    public long Messages { get; init; }

    /// <summary>Payload bytes whose echoes the gateway has had: what the grain counts on from.</summary>
    [Id(6)]
    public long Bytes { get; init; }
}
