namespace OrleansEcho.ServiceDefaults.Configuration;

/// <summary>What one source of settings says: a file, the environment, the command line.</summary>
/// <param name="Origin">Words that say where it comes from: <c>the environment</c>.</param>
/// <param name="Kind">What kind of source it is.</param>
/// <param name="Settings">Its keys with their values; null where JSON has a null or an empty object.</param>
internal sealed record SettingsLayer(string Origin, SettingsKind Kind, IReadOnlyDictionary<string, string?> Settings);

/// <summary>Whose settings a source holds.</summary>
internal enum SettingsKind
{
    /// <summary>A file: for programs of this project, perhaps several of them.</summary>
    File,

    /// <summary>The environment: everybody's.</summary>
    Environment,

    /// <summary>The command line: this program's alone.</summary>
    CommandLine,
}
