using System.Net;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>Where the silos are that a gateway connects to.</summary>
internal interface ISiloDirectory
{
    /// <summary>Where to look when no silo is found, with its preposition: <c>at 127.0.0.1:30000 (Backend:Silos)</c>, <c>in Redis at …</c>.</summary>
    string Description { get; }

    /// <summary>Why the list may be old; null when it is not.</summary>
    string? Fault { get; }

    /// <summary>The silo gateway ports of the silos that there should be.</summary>
    Task<IReadOnlyList<IPEndPoint>> ReadAsync(CancellationToken cancellationToken);
}
