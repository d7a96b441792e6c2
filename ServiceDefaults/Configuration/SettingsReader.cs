using System.Text.Json;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;

namespace OrleansEcho.ServiceDefaults.Configuration;

/// <summary>Reads sources as .NET's configuration does, into one dictionary each: its own interface finds a key's children by a look at every key.</summary>
internal static class SettingsReader
{
    /// <summary>Reads a JSON file.</summary>
    /// <exception cref="InvalidDataException">It is not JSON, or no object.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IReadOnlyDictionary<string, string?> ReadFile(string path)
    {
        // A file provider of our own: the default one does not see files whose names begin with a dot.
        using var folder = new PhysicalFileProvider(Path.GetDirectoryName(path)!, ExclusionFilters.None);
        using var file = new JsonFile(new JsonConfigurationSource { FileProvider = folder, Path = Path.GetFileName(path), ReloadOnChange = false });
        file.Load();
        return file.Settings;
    }

    /// <summary>Reads the environment, in the order of the keys.</summary>
    public static IReadOnlyDictionary<string, string?> ReadEnvironment()
    {
        var variables = new Variables();
        variables.Load();
        return variables.Settings;
    }

    /// <summary>What is wrong with a file, for a person.</summary>
    public static string Words(Exception fault)
    {
        while (fault.InnerException is { } inner) fault = inner;

        // A parser counts lines from 0, people and their editors from 1.
        return fault is JsonException { LineNumber: { } line, BytePositionInLine: { } column }
            ? $"{fault.Message.Split(" LineNumber:")[0].TrimEnd('.')}, at line {line + 1}, column {column + 1}"
            : fault.Message.TrimEnd('.');
    }

    private sealed class JsonFile(JsonConfigurationSource source) : JsonConfigurationProvider(source)
    {
        public IReadOnlyDictionary<string, string?> Settings => Data.AsReadOnly();
    }

    private sealed class Variables : EnvironmentVariablesConfigurationProvider
    {
        public IReadOnlyDictionary<string, string?> Settings =>
            new Dictionary<string, string?>(Data.OrderBy(d => d.Key, StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
    }
}
