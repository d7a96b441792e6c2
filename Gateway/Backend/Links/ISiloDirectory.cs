using System.Net;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>Where the silos are that a gateway connects to.</summary>
internal interface ISiloDirectory
{
    /// <summary>What to look at when no silo is found: a list of addresses, or a store.</summary>
    string Description { get; }

    /// <summary>The silo gateway ports of the silos that there should be.</summary>
    Task<IReadOnlyList<IPEndPoint>> ReadAsync(CancellationToken cancellationToken);
}
