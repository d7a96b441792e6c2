namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Keys with values that have been read, each by itself.</summary>
/// <param name="place">Where they begin.</param>
/// <param name="path">The key that they stand under; empty at the top.</param>
internal sealed class ScenarioValues(ScenarioPlace place, string path)
{
    private readonly Dictionary<string, (ScenarioEntry Entry, string Path, object? Value)> _values = [];

    public ScenarioPlace Place => place;

    public string Path => path;

    public void Add(ScenarioEntry entry, string at, object? value) => _values[entry.Key] = (entry, at, value);

    /// <summary>Whether a key stands there, even if its value is at fault.</summary>
    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>A value; the other one where there is none, or a wrong one that has been reported.</summary>
    public T Get<T>(string key, T other) => _values.TryGetValue(key, out var found) && found.Value is T value ? value : other;

    /// <summary>The good items of a list; none where there is no list.</summary>
    public IEnumerable<(ScenarioItem Item, T Value)> Items<T>(string key) =>
        from item in Get<List<ScenarioItem>>(key, []) where item.Value is T select (item, (T)item.Value!);

    /// <summary>Where a key stands; where they all begin if it does not.</summary>
    public ScenarioPlace PlaceOf(string key) => _values.TryGetValue(key, out var found) ? found.Entry.Place : place;

    /// <summary>Where a key's value stands.</summary>
    public ScenarioPlace PlaceOfValue(string key) => _values.TryGetValue(key, out var found) ? found.Entry.Node.Place : place;

    /// <summary>A key with the keys around it.</summary>
    public string PathOf(string key) => path.Length is 0 ? key : $"{path}.{key}";
}
