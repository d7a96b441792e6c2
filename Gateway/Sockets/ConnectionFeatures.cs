using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansEcho.Gateway.Sockets;

/// <summary>
/// What Kestrel hangs onto a connection: a handful of features, in a list that takes a third of the usual dictionary's memory. What the connection itself is a feature for needs no entry.
/// </summary>
internal sealed class ConnectionFeatures(object connection) : IFeatureCollection
{
    private KeyValuePair<Type, object>[] _entries = new KeyValuePair<Type, object>[4];
    private int _count;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            var at = Find(key);
            return at >= 0 ? _entries[at].Value : key.IsInstanceOfType(connection) ? connection : null;
        }

        set
        {
            Revision++;
            var at = Find(key);
            if (value is null)
            {
                if (at >= 0) _entries[at] = _entries[--_count];
                return;
            }

            if (at < 0) at = _count++;
            if (at == _entries.Length) Array.Resize(ref _entries, 2 * at);
            _entries[at] = new(key, value);
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _entries.Take(_count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Find(Type key) => Array.FindIndex(_entries, 0, _count, entry => entry.Key == key);
}
