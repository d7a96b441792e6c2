namespace OrleansEcho.Testing.Processes;

/// <summary>One of the product's programs: as it was built beside the tests that run, unless something else is said.</summary>
public sealed record EchoExecutable
{
    public static readonly EchoExecutable Standalone = new("Standalone");
    public static readonly EchoExecutable Gateway = new("Gateway");
    public static readonly EchoExecutable Silo = new("Silo");
    public static readonly EchoExecutable LoadTest = new("LoadTest");

    private readonly IReadOnlyList<string>? _command;

    private EchoExecutable(string name, IReadOnlyList<string>? command = null) => (Name, _command) = (name, command);

    /// <summary>What to call it: the name of its project, which is that of its folder, where it was built beside the tests.</summary>
    public string Name { get; }

    /// <summary>The command that becomes it.</summary>
    public IReadOnlyList<string> Command => _command ?? ["dotnet", Assembly];

    // The same place under its own project as that of the running tests under theirs.
    private string Assembly
    {
        get
        {
            var tests = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
            var bin = $"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}";
            var output = tests[(tests.LastIndexOf(bin, StringComparison.Ordinal) + bin.Length)..];
            var path = Repository.PathOf(Name, "bin", output, $"OrleansEcho.{Name}.dll");
            return File.Exists(path) ? path : throw new FileNotFoundException($"{Name} is not built; the test project must have a reference to it.", path);
        }
    }

    /// <summary>One that was built elsewhere, or at another time.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="command">The command that becomes it.</param>
    public static EchoExecutable Other(string name, params IReadOnlyList<string> command) => new(name, command);

    public override string ToString() => Name;
}
