using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging;

namespace OrleansEcho.ServiceDefaults.Configuration;

/// <summary>
/// Every option of a program, read off its options classes: the one description from which help, documentation and the checks of
/// the configuration are made, so that they cannot differ (docs/adr/0004-one-catalog-of-options.md).
/// </summary>
/// <remarks>
/// An option is a public settable property (string, bool, int or double; nullable when it has no default) with <c>[Description]</c>, and <c>[Range]</c> or
/// <c>[AllowedValues]</c> where not every value will do.
/// </remarks>
public sealed class OptionCatalog
{
    // Sections that other libraries read from the same files.
    private static readonly string[] ForeignSections = ["Logging", "AllowedHosts", "Orleans", "$schema"];

    // Sections that not every program of this project has.
    private static readonly string[] FamilySections = ["Gateway", "Backend", "Silo", "Storage", "Quota"];

    private readonly List<OptionEntry> _entries = [];
    private readonly HashSet<string> _roots = new(StringComparer.OrdinalIgnoreCase); // the sections at the top

    /// <summary>The options, in the order in which their classes were added and their properties are declared.</summary>
    public IReadOnlyList<OptionEntry> Entries => _entries;

    /// <summary>Adds the options of a class under a section; those that are there already stay as they are.</summary>
    public OptionCatalog Add<TOptions>(string section)
        where TOptions : class, new()
    {
        var defaults = new TOptions();
        _roots.Add(section.Split(':')[0]);
        foreach (var property in typeof(TOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var key = $"{section}:{property.Name}";
            if (property.SetMethod is { IsPublic: true } && !_entries.Exists(e => e.Key == key)) _entries.Add(new OptionEntry(key, property, defaults));
        }

        return this;
    }

    /// <summary>Adds the options of a class of which there is one under every name: <c>section:&lt;name&gt;:Option</c>.</summary>
    public OptionCatalog AddNamed<TOptions>(string section)
        where TOptions : class, new() => Add<TOptions>($"{section}:<name>");

    /// <summary>Finds the option that a key of a configuration sets.</summary>
    public OptionEntry? Find(string key) => _entries.Find(e => e.Matches(key));

    /// <summary>Renders the options as Markdown tables, a section each.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        foreach (var section in _entries.GroupBy(SectionOf))
        {
            text.Append("### ").Append(section.Key.Replace("<name>", "\\<name\\>", StringComparison.Ordinal)).Append("\n\n| option | values | default | meaning |\n|---|---|---|---|\n");
            foreach (var entry in section)
            {
                var value = entry.Default.Length > 0 ? $"`{entry.Default}`" : "";
                text.Append("| `").Append(entry.Key[(section.Key.Length + 1)..]).Append("` | ").Append(entry.Values).Append(" | ").Append(value).Append(" | ").Append(entry.Description).Append(" |\n");
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    internal static string SectionOf(OptionEntry entry) => entry.Key[..entry.Key.LastIndexOf(':')];

    /// <summary>Finds every fault of a configuration.</summary>
    /// <param name="layers">The layers, weakest first, each with the words that say where it comes from.</param>
    internal IReadOnlyList<ConfigurationFault> Check(IReadOnlyList<SettingsLayer> layers)
    {
        var faults = new List<ConfigurationFault>();
        var effective = new Dictionary<string, (string Value, string Origin)>(StringComparer.OrdinalIgnoreCase);
        foreach (var layer in layers)
        {
            var origin = layer.Origin;
            foreach (var (key, value) in Leaves(layer))
            {
                if (IsLogLevel(key) && !Enum.TryParse<LogLevel>(value, ignoreCase: true, out _))
                {
                    faults.Add(new(key, () => $"{key}: {Shown.Value(value)} (from {origin}) is not one of {string.Join(", ", Enum.GetNames<LogLevel>())}."));
                }

                if (!IsOurs(key, layer.Kind)) continue;
                if (Find(key) is null) faults.Add(new(key, () => $"{key} (from {origin}) is {WhatElse(key)}"));
                else if (key.Any(char.IsControl)) faults.Add(new(key, () => $"{key} (from {origin}) has a control character in its name."));
                else if (value is null) faults.Add(new(key, () => $"{key} (from {origin}) is null; leave it out for the default."));
                else effective[key] = (value, origin);
            }
        }

        foreach (var (key, (value, origin)) in effective)
        {
            if (Find(key)!.Check(value) is { } wrong) faults.Add(new(key, () => $"{key}: {Shown.Value(value)} (from {origin}) {wrong}."));
        }

        return faults;
    }

    /// <summary>The keys of a layer that are ours.</summary>
    internal IEnumerable<string> KeysIn(SettingsLayer layer) => Leaves(layer).Select(l => l.Key).Where(k => IsOurs(k, layer.Kind));

    /// <summary>Whether a key is for programs of this project. The environment is everybody's: only what is under one of our sections is ours there.</summary>
    internal bool IsOurs(string key, SettingsKind kind)
    {
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        var root = colon < 0 ? key : key[..colon];
        if (kind is SettingsKind.Environment) return colon >= 0 && _roots.Contains(root);

        // One file may serve gateways and silos; a command line is for one program.
        if (kind is SettingsKind.File && !_roots.Contains(root) && FamilySections.Contains(root, StringComparer.OrdinalIgnoreCase)) return false;
        return !ForeignSections.Contains(root, StringComparer.OrdinalIgnoreCase) && !root.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase);
    }

    // Another library's, but it throws at a wrong one while the host is built.
    private static bool IsLogLevel(string key) =>
        key.StartsWith("Logging:", StringComparison.OrdinalIgnoreCase) && key.Split(':') is [.., var section, _] && section.Equals("LogLevel", StringComparison.OrdinalIgnoreCase);

    private string WhatElse(string key)
    {
        if (_entries.Exists(e => e.IsBeneath(key))) return "a section and takes no value; --help lists its options.";
        var nearest = _entries.Select(e => e.KeyFor(key)).MinBy(k => EditDistance.Between(k, key))!;
        return EditDistance.Between(nearest, key) <= Math.Max(3, key.Length / 4) ? $"not an option; did you mean {nearest}?" : "not an option; --help lists all.";
    }

    // A null is a leaf where an option stands; elsewhere it is an empty section.
    private IEnumerable<KeyValuePair<string, string?>> Leaves(SettingsLayer layer) => layer.Settings.Where(s => s.Value is not null || Find(s.Key) is not null);
}

/// <summary>What is wrong with one key of a configuration.</summary>
/// <param name="Key">The key.</param>
/// <param name="Describe">One line for a person; called for those that are shown, as there may be very many.</param>
internal sealed record ConfigurationFault(string Key, Func<string> Describe)
{
    public string Message => Describe();
}
