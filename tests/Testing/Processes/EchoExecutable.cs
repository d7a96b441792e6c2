namespace OrleansEcho.Testing.Processes;

/// <summary>One of the product's programs, as it was built beside the tests that run.</summary>
public sealed record EchoExecutable
{
    public static readonly EchoExecutable Standalone = new("Standalone");
    public static readonly EchoExecutable Gateway = new("Gateway");
    public static readonly EchoExecutable Silo = new("Silo");

    private EchoExecutable(string project) => Project = project;

    /// <summary>The name of its project, which is that of its folder.</summary>
    public string Project { get; }

    /// <summary>Its assembly: the same place under its own project as that of the running tests under theirs.</summary>
    public string Assembly
    {
        get
        {
            var tests = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
            var bin = $"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}";
            var output = tests[(tests.LastIndexOf(bin, StringComparison.Ordinal) + bin.Length)..];
            var path = Path.Combine(Root(tests), Project, "bin", output, $"OrleansEcho.{Project}.dll");
            return File.Exists(path) ? path : throw new FileNotFoundException($"{Project} is not built; the test project must have a reference to it.", path);
        }
    }

    public override string ToString() => Project;

    private static string Root(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OrleansEcho.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"OrleansEcho.sln is in no folder above {start}.");
    }
}
