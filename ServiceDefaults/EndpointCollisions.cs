using System.Net;

namespace OrleansEcho.ServiceDefaults;

/// <summary>Finds addresses that two options claim, before the second bind would fail with "in use by another process".</summary>
internal static class EndpointCollisions
{
    /// <summary>A fault for every claim that collides with an earlier one.</summary>
    public static IEnumerable<string> Find(IEnumerable<EndpointClaim> claims)
    {
        var earlier = new List<EndpointClaim>();
        foreach (var claim in claims)
        {
            if (earlier.Find(other => Collide(other.EndPoint, claim.EndPoint)) is { } taken)
            {
                yield return $"{claim.Key}: {Describe(claim.EndPoint)} is taken by {taken.Key} already; the two cannot share it.";
            }

            earlier.Add(claim);
        }
    }

    private static string Describe(EndPoint endPoint) => endPoint is IPEndPoint ip ? $"port {ip.Port}" : $"socket {endPoint}";

    private static bool Collide(EndPoint a, EndPoint b) => (a, b) switch
    {
        (IPEndPoint x, IPEndPoint y) => x.Port == y.Port && x.Port is not 0 && (x.Address.Equals(y.Address) || CoversAll(x, y) || CoversAll(y, x)),
        _ => a.Equals(b),
    };

    // *:7000 takes the port on IPv4 and IPv6 (the socket is dual), 0.0.0.0:7000 on IPv4.
    private static bool CoversAll(IPEndPoint any, IPEndPoint other) =>
        any.Address.Equals(IPAddress.IPv6Any) || (any.Address.Equals(IPAddress.Any) && other.Address.AddressFamily == any.Address.AddressFamily);
}
