using System.Xml.Linq;

namespace OrleansEcho.Architecture.Tests.Reading;

/// <summary>The projects of the product as they are written.</summary>
internal static class Projects
{
    /// <summary>The projects of the product by name, with the names of those that they refer to.</summary>
    public static IReadOnlyDictionary<string, string[]> References { get; } = Directory
        .EnumerateDirectories(Repository.Root)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), ReferencesOf);

    /// <summary>The source files of the product.</summary>
    public static IEnumerable<string> SourceFiles => References.Keys
        .SelectMany(project => SourcesIn(Repository.PathOf(project)));

    /// <summary>The source files of the product and of its tests.</summary>
    public static IEnumerable<string> AllSourceFiles => [.. SourceFiles, .. SourcesIn(Repository.PathOf("tests"))];

    private static IEnumerable<string> SourcesIn(string folder) => Directory
        .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    private static string[] ReferencesOf(string project) =>
    [
        .. XDocument.Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal),
    ];
}
