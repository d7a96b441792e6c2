namespace OrleansEcho.LoadTest.Workers;

/// <summary>Which session, and where.</summary>
/// <param name="Session">The session's name.</param>
/// <param name="Silos">The silos' ports for gateways, as <c>address:port</c>; empty for those of the configuration.</param>
/// <param name="ClusterId">The cluster's name; null for that of the configuration.</param>
internal sealed record SessionSettings(string Session, IReadOnlyList<string> Silos, string? ClusterId);
