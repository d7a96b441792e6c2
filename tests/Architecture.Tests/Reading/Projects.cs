using System.Xml.Linq;

namespace OrleansEcho.Architecture.Tests.Reading;

/// <summary>The projects of the product as they are written.</summary>
internal static class Projects
{
    private static readonly string[] Made = ["bin", "obj", "PGenerated", "PCheckerOutput"];

    /// <summary>The projects of the product by name, with the names of those that they refer to.</summary>
    public static IReadOnlyDictionary<string, string[]> References { get; } = Directory
        .EnumerateDirectories(Repository.Root)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), ReferencesOf);

    /// <summary>The source files of the product.</summary>
    public static IEnumerable<string> SourceFiles => References.Keys
        .SelectMany(project => SourcesIn(Repository.PathOf(project)));

    /// <summary>The source files of its tests.</summary>
    public static IEnumerable<string> TestSourceFiles => SourcesIn(Repository.PathOf("tests"));

    /// <summary>The source files of the product and of its tests.</summary>
    public static IEnumerable<string> AllSourceFiles => [.. SourceFiles, .. TestSourceFiles];

    // Others may be at work in the folders that tools make: the model may be checked meanwhile.
    private static IEnumerable<string> SourcesIn(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.cs"),
        .. Directory.EnumerateDirectories(folder).Where(inner => !Made.Contains(Path.GetFileName(inner))).SelectMany(SourcesIn),
    ];

    private static string[] ReferencesOf(string project) =>
    [
        .. XDocument.Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal),
    ];
}
