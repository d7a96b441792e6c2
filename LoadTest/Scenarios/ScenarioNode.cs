namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Where something was written: in a file, or, with line 0, by a flag of the command line.</summary>
/// <param name="Source">The file as it was named, or the flag.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct ScenarioPlace(string Source, int Line = 0, int Column = 0)
{
    public bool IsFlag => Line is 0;

    public override string ToString() => IsFlag ? Source : $"{Source}:{Line}:{Column}";
}

/// <summary>A piece of a scenario as it was written, before anything is known of its meaning.</summary>
/// <param name="Place">Where it begins.</param>
internal abstract record ScenarioNode(ScenarioPlace Place);

/// <summary>A single value.</summary>
/// <param name="Place">Where it begins.</param>
/// <param name="Text">What it says.</param>
/// <param name="IsQuoted">Whether it is text whatever it looks like; null where that cannot be told, on a command line.</param>
internal sealed record ScenarioScalar(ScenarioPlace Place, string Text, bool? IsQuoted) : ScenarioNode(Place);

/// <summary>A list.</summary>
internal sealed record ScenarioList(ScenarioPlace Place, IReadOnlyList<ScenarioNode> Items) : ScenarioNode(Place);

/// <summary>Keys with their values.</summary>
internal sealed record ScenarioMap(ScenarioPlace Place, IReadOnlyList<ScenarioEntry> Entries) : ScenarioNode(Place)
{
    public ScenarioEntry? Find(string key) => Entries.FirstOrDefault(e => e.Key == key);
}

/// <summary>A key with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Place">Where the key begins.</param>
/// <param name="Node">The value.</param>
internal sealed record ScenarioEntry(string Key, ScenarioPlace Place, ScenarioNode Node);
