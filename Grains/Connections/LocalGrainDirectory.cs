using System.Collections.Concurrent;
using Orleans.GrainDirectory;

namespace OrleansEcho.Grains.Connections;

/// <summary>
/// Which of the grains that serve a gateway's link this silo has: those of links, lanes and connections; no silo knows of another's. Their
/// only caller is the gateway whose link it is, or that holds the connection's socket, and it knows the silo
/// (docs/adr/0008-a-link-to-each-silo.md). So neither a heartbeat nor an opening asks another silo, and no grain is lost or out of reach
/// because another silo is, which was to know where it lives.
/// </summary>
public sealed class LocalGrainDirectory : IGrainDirectory
{
    /// <summary>The name by which grains ask for it.</summary>
    public const string Name = "local";

    private readonly ConcurrentDictionary<GrainId, GrainAddress> _addresses = new();

    /// <inheritdoc/>
    public Task<GrainAddress?> Register(GrainAddress address) =>
        Task.FromResult<GrainAddress?>(_addresses.GetOrAdd(address.GrainId, address));

    /// <inheritdoc/>
    public Task<GrainAddress?> Register(GrainAddress address, GrainAddress? previousAddress)
    {
        if (previousAddress is not null) _addresses.TryRemove(new(previousAddress.GrainId, previousAddress));
        return Register(address);
    }

    /// <inheritdoc/>
    public Task Unregister(GrainAddress address)
    {
        if (_addresses.TryGetValue(address.GrainId, out var known) && known.Matches(address))
        {
            _addresses.TryRemove(new(address.GrainId, known));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult(_addresses.GetValueOrDefault(grainId));

    /// <inheritdoc/>
    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask; // none is here but this silo's own
}
