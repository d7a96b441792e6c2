namespace OrleansEcho.Testing;

/// <summary>
/// The repository that the tests were built in, found from where they run: a compiler's paths would not do, those of a reproducible build are the same
/// everywhere.
/// </summary>
public static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>The path of a file or folder in it.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The text of a file in it.</summary>
    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OrleansEcho.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"OrleansEcho.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
