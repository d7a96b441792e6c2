using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using OrleansEcho.ServiceDefaults.CommandLine;

namespace OrleansEcho.ServiceDefaults.Configuration;

/// <summary>Where a program's settings come from: the layers of its configuration, weakest first.</summary>
public sealed class SettingsSources
{
    private readonly List<(string Origin, IConfigurationProvider Provider)> _layers = [];
    private readonly List<string> _descriptions = ["built-in defaults"];

    /// <summary>The environment's name as hosts of .NET find it.</summary>
    internal static string EnvironmentName => Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? "Production";

    /// <summary>One line for a person.</summary>
    public override string ToString() => string.Join(" < ", _descriptions);

    /// <summary>The layers that a person wrote: not the built-in defaults.</summary>
    internal IReadOnlyList<(string Origin, IConfigurationProvider Provider)> Layers => _layers;

    /// <summary>Puts the layers into <paramref name="configuration"/>.</summary>
    /// <returns>What could not be read.</returns>
    internal IReadOnlyList<string> Load(ConfigurationManager configuration, ProgramDescription program, CommandLineResult line)
    {
        var faults = new List<string>();
        configuration.Sources.Clear();
        configuration.AddInMemoryCollection(program.Defaults.Where(d => !line.Target.DroppedDefaults.Exists(s => d.Key.StartsWith(s + ":", StringComparison.OrdinalIgnoreCase))));
        AddFile("appsettings.json", isOptional: true);
        AddFile($"appsettings.{EnvironmentName}.json", isOptional: true);
        if (line.ConfigFile is { } file) AddFile(file, isOptional: false);
        configuration.AddEnvironmentVariables();
        Describe("environment", Latest(), program.Options);
        configuration.AddInMemoryCollection(line.Target.Settings);
        Describe("command line", Latest(), program.Options);
        return faults;

        IConfigurationProvider Latest() => ((IConfigurationRoot)configuration).Providers.Last();

        void AddFile(string path, bool isOptional)
        {
            var full = Path.GetFullPath(path);
            if (!File.Exists(full))
            {
                if (path is "appsettings.json") _descriptions.Add($"{full} (not there)");
                if (!isOptional) faults.Add($"--config: there is no file '{path}'.");
                return;
            }

            try
            {
                // A provider of our own: the default one does not see files whose names begin with a dot.
                var folder = new PhysicalFileProvider(Path.GetDirectoryName(full)!, ExclusionFilters.None);
                configuration.AddJsonFile(folder, Path.GetFileName(full), optional: false, reloadOnChange: false);
                _layers.Add((path, Latest()));
                _descriptions.Add(full);
            }
            catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                faults.Add($"'{path}' cannot be read: {Words(Cause(fault))}.");
                configuration.Sources.RemoveAt(configuration.Sources.Count - 1);
            }
        }
    }

    private void Describe(string origin, IConfigurationProvider provider, OptionCatalog catalog)
    {
        _layers.Add(($"the {origin}", provider));
        var keys = catalog.KeysIn(provider).ToList();
        _descriptions.Add(keys.Count is 0 ? $"{origin} (nothing)" : $"{origin} ({string.Join(", ", keys)})");
    }

    // A parser counts lines from 0, people and their editors from 1.
    private static string Words(Exception cause) => cause is JsonException { LineNumber: { } line, BytePositionInLine: { } column }
        ? $"{cause.Message.Split(" LineNumber:")[0].TrimEnd('.')}, at line {line + 1}, column {column + 1}"
        : cause.Message.TrimEnd('.');

    private static Exception Cause(Exception fault) => fault.InnerException is { } inner ? Cause(inner) : fault;
}
