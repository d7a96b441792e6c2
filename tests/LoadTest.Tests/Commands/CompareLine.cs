using System.Text.RegularExpressions;
using OrleansEcho.LoadTest.Commands;
using OrleansEcho.LoadTest.Load;

namespace OrleansEcho.LoadTest.Tests.Commands;

/// <summary>Runs command lines of <c>compare</c> and <c>history</c> in this process, with a folder of their own.</summary>
internal sealed partial class CompareLine : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-load-");

    /// <summary>The path of a file in the folder.</summary>
    public string this[string name] => Path.Combine(_folder.FullName, name);

    /// <summary>Writes a file there.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>Carries out a command line, in which <c>@</c> is the folder.</summary>
    public Task<(int ExitCode, string Out, string Error)> RunAsync(ILoadRunner runner, string args) => RunUntilAsync(runner, args, TestContext.Current.CancellationToken);

    /// <summary>As <see cref="RunAsync"/>, and somebody may interrupt it.</summary>
    public async Task<(int ExitCode, string Out, string Error)> RunUntilAsync(ILoadRunner runner, string args, CancellationToken interrupt)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var program = new LoadProgram(new CompareCommand(runner), new HistoryCommand());
        var words = args.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Replace("@", _folder.FullName, StringComparison.Ordinal));
        var code = await program.RunAsync([.. words], new LoadConsole(output, error, interrupt));
        string Told(StringWriter text) => Colour().Replace(text.ToString(), "").Replace(_folder.FullName, "@", StringComparison.Ordinal);
        return (code, Told(output), Told(error));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // Whether there are colours is a matter of where the tests run.
    [GeneratedRegex(@"\u001b\[[0-9;]*m")]
    private static partial Regex Colour();
}
