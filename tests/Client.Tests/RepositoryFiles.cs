namespace OrleansEcho.Client.Tests;

/// <summary>The repository that the tests run in, as text.</summary>
internal static class RepositoryFiles
{
    public static string Read(params string[] path)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "OrleansEcho.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return File.ReadAllText(Path.Combine([folder, .. path]));
    }
}
