using System.Net;

namespace OrleansEcho.ServiceDefaults;

/// <summary>An address that a part of the program will bind, and the option that says so.</summary>
/// <param name="Key">The option's key.</param>
/// <param name="EndPoint">The address.</param>
public sealed record EndpointClaim(string Key, EndPoint EndPoint);
