using Microsoft.Extensions.Configuration;
using OrleansEcho.ServiceDefaults.CommandLine;

namespace OrleansEcho.ServiceDefaults.Configuration;

/// <summary>Where a program's settings come from: the layers of its configuration, weakest first.</summary>
public sealed class SettingsSources
{
    private readonly List<SettingsLayer> _layers = [];
    private readonly List<string> _descriptions = ["built-in defaults"];
    private readonly List<string> _replaced = [];
    private readonly List<string> _nearMisses = [];
    private Dictionary<string, string?> _defaults = [];

    /// <summary>The environment's name as hosts of .NET find it.</summary>
    internal static string EnvironmentName => Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? "Production";

    /// <summary>One line for a person.</summary>
    public override string ToString() => Shown.Text(string.Join(" < ", _descriptions));

    /// <summary>The layers that a person wrote: not the built-in defaults, and without what a flag stands instead of.</summary>
    internal IReadOnlyList<SettingsLayer> Layers => _layers;

    /// <summary>What flags stand instead of, a line for each layer that had set something there.</summary>
    internal IReadOnlyList<string> Replaced => _replaced;

    /// <summary>Variables that set nothing and look like options of this program, a line each.</summary>
    internal IReadOnlyList<string> NearMisses => _nearMisses;

    /// <summary>Reads the layers.</summary>
    /// <returns>What could not be read.</returns>
    internal IReadOnlyList<string> Load(ProgramDescription program, CommandLineResult line)
    {
        var faults = new List<string>();
        _defaults = program.Defaults.Where(d => !line.Target.Replacements.Any(r => IsUnder(d.Key, r.Section))).ToDictionary();
        AddFile("appsettings.json", isOptional: true);
        AddFile($"appsettings.{EnvironmentName}.json", isOptional: true);
        if (line.ConfigFile is { } path) AddFile(path, isOptional: false);
        var environment = SettingsReader.ReadEnvironment();
        _nearMisses.AddRange(NearMiss.Find(environment, program.Options));
        AddDescribed("environment", new("the environment", SettingsKind.Environment, environment));
        AddDescribed("command line", new("the command line", SettingsKind.CommandLine, line.Target.Settings));
        return faults;

        void AddFile(string path, bool isOptional)
        {
            var full = Path.GetFullPath(path);
            if (!File.Exists(full))
            {
                if (path is "appsettings.json") _descriptions.Add($"{full} (not there)");
                if (!isOptional) faults.Add($"--config: there is no file {Shown.Value(path)}.");
                return;
            }

            try
            {
                var settings = SettingsReader.ReadFile(full);
                _descriptions.Add(full);
                Add(new(path, SettingsKind.File, settings));
            }
            catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                faults.Add($"{Shown.Value(path)} cannot be read: {SettingsReader.Words(fault)}.");
            }
        }

        void AddDescribed(string name, SettingsLayer layer)
        {
            var keys = program.Options.KeysIn(Add(layer)).ToList();
            _descriptions.Add(keys.Count is 0 ? $"{name} (nothing)" : $"{name} ({string.Join(", ", keys)})");
        }

        SettingsLayer Add(SettingsLayer layer)
        {
            if (layer.Kind is not SettingsKind.CommandLine) layer = WithoutReplaced(layer, line.Target.Replacements);
            _layers.Add(layer);
            return layer;
        }
    }

    /// <summary>Puts the layers into <paramref name="configuration"/>, weakest first.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="except">Keys to leave out of all of them.</param>
    internal void Apply(ConfigurationManager configuration, IReadOnlySet<string> except)
    {
        configuration.Sources.Clear();
        configuration.AddInMemoryCollection(_defaults);
        foreach (var layer in _layers) configuration.AddInMemoryCollection(except.Count is 0 ? layer.Settings : layer.Settings.Where(s => !except.Contains(s.Key)));
    }

    // A listener of another layer that kept its address and lost its framing would be another one than anybody configured: all or nothing.
    private SettingsLayer WithoutReplaced(SettingsLayer layer, IReadOnlyCollection<(string Section, string Flag)> replacements)
    {
        foreach (var (section, flag) in replacements)
        {
            var replaced = layer.Settings.Keys.Where(key => IsUnder(key, section)).ToList();
            if (replaced.Count is 0) continue;
            _replaced.Add(Shown.Text($"{flag} stands instead of what {layer.Origin} sets: {string.Join(", ", replaced)}."));
            layer = layer with { Settings = layer.Settings.Where(s => !IsUnder(s.Key, section)).ToDictionary(StringComparer.OrdinalIgnoreCase) };
        }

        return layer;
    }

    private static bool IsUnder(string key, string section) => key.Length > section.Length && key[section.Length] is ':' && key.StartsWith(section, StringComparison.OrdinalIgnoreCase);
}
