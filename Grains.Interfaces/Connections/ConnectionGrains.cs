namespace OrleansEcho.Grains.Interfaces.Connections;

/// <summary>
/// References to connections' grains. A factory finds out by names, each time, which grains have an interface, and that costs as much as a call; here it is asked once.
/// </summary>
/// <param name="factory">The factory of a silo, or of a client that has connected.</param>
public sealed class ConnectionGrains(IGrainFactory factory)
{
    private GrainReference? _known;

    /// <summary>The grain of a connection.</summary>
    public IConnectionGrain this[ConnectionId id] => _known is { } known
        ? (IConnectionGrain)factory.GetGrain(GrainId.Create(known.GrainId.Type, id.Value), known.InterfaceType)
        : Find(id);

    private IConnectionGrain Find(ConnectionId id)
    {
        var grain = factory.GetGrain<IConnectionGrain>(id.Value);
        _known = grain as GrainReference;
        return grain;
    }
}
