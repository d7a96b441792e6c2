namespace OrleansEcho.Grains.Interfaces.Links;

/// <summary>What a gateway says of itself with each heartbeat.</summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.GatewaySign")]
public sealed record GatewaySign
{
    /// <summary>The gateway's name, for people.</summary>
    [Id(0)]
    public required string Gateway { get; init; }

    /// <summary>How many connections it has on this silo.</summary>
    [Id(1)]
    public int Connections { get; init; }

    /// <summary>It has heard that the silo leaves, and sends no more sets to it. One that is under way is answered before the silo's grains end.</summary>
    [Id(2)]
    public bool HasMovedOn { get; init; }

    /// <summary>How soon it sends the next heartbeat if nothing is amiss; a gateway that does not is gone. Zero from gateways that do not say.</summary>
    [Id(3)]
    public TimeSpan NextWithin { get; init; }
}
