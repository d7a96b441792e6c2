using OrleansEcho.Client.Gateways;

namespace OrleansEcho.Client.Pooling;

/// <summary>A pool at one moment.</summary>
/// <param name="Leased">Connections that somebody has.</param>
/// <param name="Idle">Connections that wait to be leased.</param>
/// <param name="Opening">Connections that are being opened.</param>
/// <param name="Validating">Connections that have idled and are being asked whether they live.</param>
/// <param name="Waiting">Callers that wait for a connection.</param>
/// <param name="Created">Connections that were opened, ever.</param>
/// <param name="Destroyed">Connections that were opened and are closed, ever.</param>
/// <param name="IsClosed">Whether the pool was disposed of.</param>
/// <param name="Gateways">What is known of each gateway.</param>
public sealed record EchoPoolStatistics(
    int Leased, int Idle, int Opening, int Validating, int Waiting, long Created, long Destroyed, bool IsClosed, IReadOnlyList<EchoGatewayStatus> Gateways)
{
    /// <summary>All connections that there are: never more than <see cref="EchoClientPoolOptions.MaximumSize"/>.</summary>
    public int Total => Leased + Idle + Opening + Validating;

    /// <summary>Whether a caller can expect a connection: one is there, or a gateway is available.</summary>
    public bool IsHealthy => !IsClosed && (Leased + Idle > 0 || Gateways.Any(static gateway => gateway.IsAvailable));
}
