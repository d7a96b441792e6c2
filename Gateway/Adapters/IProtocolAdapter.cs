namespace OrleansEcho.Gateway.Adapters;

/// <summary>A plug-in: it makes the listeners of its protocols out of the configuration. Nothing is bound yet.</summary>
internal interface IProtocolAdapter
{
    /// <summary>Makes the listeners that are configured and enabled.</summary>
    IEnumerable<IListener> CreateListeners();
}
