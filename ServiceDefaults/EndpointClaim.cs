using System.Net;

namespace OrleansEcho.ServiceDefaults;

/// <summary>An address that a part of the program will bind, and the option that says so.</summary>
/// <param name="Key">The option's key.</param>
/// <param name="EndPoint">The address.</param>
/// <param name="Flag">The flag that sets the option, with a placeholder.</param>
public sealed record EndpointClaim(string Key, EndPoint EndPoint, string Flag)
{
    /// <summary>
    /// The key of the option that names the IP address, where the other one names only the port; null where one option names both.
    /// </summary>
    public string? AddressKey { get; init; }
}
