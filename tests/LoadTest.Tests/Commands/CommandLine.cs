using OrleansEcho.LoadTest.Commands;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Tests.Commands;

/// <summary>Runs command lines in this process.</summary>
internal sealed partial class CommandLine(FakeParts parts)
{
    /// <summary>Why JSON cannot be written; null where it can.</summary>
    public string? JsonFault { get; init; }

    public async Task<(int ExitCode, string Out, string Error)> RunAsync(IEnumerable<string> args, CancellationToken interrupt = default)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var program = new LoadProgram(
            new RunCommand(
                parts,
                (_, _) => parts,
                parts,
                parts,
                new ResultFormat<RunResult>("--json", "All of it.", (_, path, _) => JsonFault is null ? WriteAsync("json", path) : throw new CannotRunException(JsonFault)),
                new ResultFormat<RunResult>("--html", "A page.", (_, path, _) => WriteAsync("html", path))),
            new SearchCommand(parts, parts, TimeProvider.System),
            new ScenariosCommand());
        var code = await program.RunAsync([.. args], new LoadConsole(output, error, interrupt));
        return (code, Outlook().Replace(output.ToString(), ""), error.ToString());
    }

    public Task<(int ExitCode, string Out, string Error)> RunAsync(string args) => RunAsync(args.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    // What a search says before it begins has a test of its own.
    [System.Text.RegularExpressions.GeneratedRegex(@"^Each run takes .*\n")]
    private static partial System.Text.RegularExpressions.Regex Outlook();

    private static Task WriteAsync(string format, string path) => File.WriteAllTextAsync(path, format);
}
