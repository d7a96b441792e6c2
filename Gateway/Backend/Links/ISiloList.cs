using System.Net;
using OrleansEcho.ServiceDefaults.Stores;

namespace OrleansEcho.Gateway.Backend.Links;

/// <summary>The list of silos in a store, as it is now.</summary>
internal interface ISiloList
{
    /// <summary>The store.</summary>
    IStore Store { get; }

    /// <summary>The silo gateway ports of this cluster's active silos.</summary>
    /// <exception cref="Exception">What the store's client throws; <see cref="Store"/> explains it.</exception>
    Task<IReadOnlyList<IPEndPoint>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The names of all clusters with silos in the store.</summary>
    Task<IReadOnlyList<string>> ReadClustersAsync(CancellationToken cancellationToken);
}
