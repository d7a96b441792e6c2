namespace OrleansEcho.ServiceDefaults.CommandLine;

/// <summary>What a flag may change.</summary>
public sealed class FlagTarget
{
    internal Dictionary<string, string?> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);

    internal List<string> DroppedDefaults { get; } = [];

    internal List<string> Contradictions { get; } = [];

    /// <summary>Sets an option. To set it again to something else is a fault, whichever way of writing it was used.</summary>
    public void Set(string key, string value)
    {
        if (Settings.TryGetValue(key, out var before) && before != value)
        {
            Contradictions.Add($"{key} is set twice on the command line, to '{before}' and to '{value}'.");
        }

        Settings[key] = value;
    }

    /// <summary>Whether the command line has set an option before.</summary>
    public bool Has(string key) => Settings.ContainsKey(key);

    /// <summary>Takes the program's own defaults under a section away: what the command line says stands instead of them.</summary>
    public void DropDefaults(string section) => DroppedDefaults.Add(section);
}
