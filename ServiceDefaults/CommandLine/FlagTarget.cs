using OrleansEcho.ServiceDefaults.Configuration;

namespace OrleansEcho.ServiceDefaults.CommandLine;

/// <summary>What a flag may change.</summary>
public sealed class FlagTarget
{
    private readonly OptionCatalog _options;

    internal FlagTarget(OptionCatalog options) => _options = options;

    internal Dictionary<string, string?> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The sections that flags stand instead of, whoever set something there.</summary>
    internal HashSet<(string Section, string Flag)> Replacements { get; } = [];

    internal List<string> Contradictions { get; } = [];

    /// <summary>Sets an option. To set it again to something else is a fault, whichever way of writing it was used.</summary>
    public void Set(string key, string value)
    {
        if (Settings.TryGetValue(key, out var before) && before != value)
        {
            // Of an option that is not known one does not know either whether it may be shown.
            var isShown = _options.Find(key) is { IsSecret: false } || key.StartsWith("Logging:", StringComparison.OrdinalIgnoreCase);
            Contradictions.Add($"{key} is set twice on the command line, to {(isShown ? $"{Shown.Value(before)} and to {Shown.Value(value)}" : "different values")}.");
        }

        Settings[key] = value;
    }

    /// <summary>Whether the command line has set an option before.</summary>
    public bool Has(string key) => Settings.ContainsKey(key);

    /// <summary>Takes away what is set under a section elsewhere, by default, in files and in the environment: what the command line says stands instead of it.</summary>
    /// <param name="section">The section.</param>
    /// <param name="flag">The flag that does so, for who wonders.</param>
    public void Replace(string section, string flag) => Replacements.Add((section, flag));
}
