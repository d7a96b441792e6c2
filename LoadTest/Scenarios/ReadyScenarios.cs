namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>The scenarios that come with the load tester, by name.</summary>
internal static class ReadyScenarios
{
    /// <summary>Where they are: beside the program.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Scenarios");

    /// <summary>Their names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder, "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)] : [];

    /// <summary>The file of one.</summary>
    public static string FileOf(string name) => Path.Combine(Folder, name + ".yaml");
}
