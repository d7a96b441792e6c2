namespace OrleansEcho.ServiceDefaults.Tests;

/// <summary>
/// An empty current directory and variables of the environment, until it is disposed of. For tests that run <see cref="Alone"/>.
/// </summary>
internal sealed class WorkingFolder : IDisposable
{
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orleansecho-");
    private readonly Dictionary<string, string?> _variables = [];

    public WorkingFolder()
    {
        Directory.SetCurrentDirectory(_folder.FullName);
        SetVariable("DOTNET_ENVIRONMENT", null);
        SetVariable("ASPNETCORE_ENVIRONMENT", null);
    }

    public void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder.FullName, file), text);

    public void SetVariable(string name, string? value)
    {
        _variables.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose()
    {
        foreach (var (name, value) in _variables) Environment.SetEnvironmentVariable(name, value);
        Directory.SetCurrentDirectory(_before);
        _folder.Delete(recursive: true);
    }
}
