namespace OrleansEcho.Gateway.Adapters.Tcp;

/// <summary>All stream listeners by name, as the configuration has them.</summary>
internal sealed class TcpListeners : Dictionary<string, TcpListenerOptions>
{
    public TcpListeners()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>Those that are switched on, in the order of their names.</summary>
    public IEnumerable<KeyValuePair<string, TcpListenerOptions>> Active => this.Where(l => l.Value.Enabled).OrderBy(l => l.Key, StringComparer.Ordinal);
}
