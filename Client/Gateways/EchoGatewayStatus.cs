namespace OrleansEcho.Client.Gateways;

/// <summary>What a pool knows of one of its gateways.</summary>
/// <param name="Gateway">Its address as it was configured; with the resolved one in parentheses where that was a name.</param>
/// <param name="IsAvailable">Whether connections to it would be opened now.</param>
/// <param name="Leased">Its connections that are leased.</param>
/// <param name="Idle">Its connections that are idle.</param>
/// <param name="Requests">The requests that it owes echoes for, also those for which nobody waits any more.</param>
/// <param name="Failures">How many times openings have failed since the last one that worked; those that failed together are one.</param>
/// <param name="LastFault">Why the last one failed, in one line; null when none has.</param>
public sealed record EchoGatewayStatus(string Gateway, bool IsAvailable, int Leased, int Idle, int Requests, int Failures, string? LastFault);
