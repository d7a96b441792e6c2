using OrleansEcho.ServiceDefaults.CommandLine;
using OrleansEcho.ServiceDefaults.Configuration;

namespace OrleansEcho.ServiceDefaults;

/// <summary>What a program is and takes.</summary>
public sealed record ProgramDescription
{
    /// <summary>Its name, as in <c>OrleansEcho.Gateway</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Its options.</summary>
    public required OptionCatalog Options { get; init; }

    /// <summary>Its flags, besides those that every program has.</summary>
    public IReadOnlyList<Flag> Flags { get; init; } = [];

    /// <summary>What it can do instead of running.</summary>
    public IReadOnlyList<ProgramCommand> Commands { get; init; } = [];

    /// <summary>The option that names this process among others of its kind, and the attribute of its telemetry that carries the name; null when it has none.</summary>
    public (string Attribute, string Key)? InstanceName { get; init; }

    /// <summary>Defaults of this program that differ from those of its options classes, or that those cannot express.</summary>
    public IReadOnlyDictionary<string, string?> Defaults { get; init; } = new Dictionary<string, string?>();
}
