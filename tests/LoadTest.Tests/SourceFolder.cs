using System.Runtime.CompilerServices;

namespace OrleansEcho.LoadTest.Tests;

/// <summary>Where the repository is that these tests were built from.</summary>
internal static class SourceFolder
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));

    /// <summary>The path of a file in it.</summary>
    public static string Of(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Here([CallerFilePath] string file = "") => file;
}
