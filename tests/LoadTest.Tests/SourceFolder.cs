namespace OrleansEcho.LoadTest.Tests;

/// <summary>Where the repository is that these tests were built in. A compiler's paths would not do: those of a reproducible build are the same everywhere.</summary>
internal static class SourceFolder
{
    private static readonly string Root = Find();

    /// <summary>The path of a file in it.</summary>
    public static string Of(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "OrleansEcho.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("There is no OrleansEcho.sln above the tests.");
        return folder;
    }
}
