using OrleansEcho.LoadTest.Commands;

namespace OrleansEcho.LoadTest.Tests.Commands;

/// <summary>Runs command lines in this process.</summary>
internal sealed class CommandLine(FakeParts parts)
{
    /// <summary>The paths that results were written to, with their formats.</summary>
    public List<string> Written { get; } = [];

    public async Task<(int ExitCode, string Out, string Error)> RunAsync(IEnumerable<string> args, CancellationToken interrupt = default)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var program = new LoadProgram(
            new RunCommand(
                parts,
                parts,
                parts,
                new ResultFormat("--json", "All of it.", (_, path, _) => WriteAsync("json", path)),
                new ResultFormat("--html", "A page.", (_, path, _) => WriteAsync("html", path))),
            new ScenariosCommand());
        var code = await program.RunAsync([.. args], new LoadConsole(output, error, interrupt));
        return (code, output.ToString(), error.ToString());
    }

    public Task<(int ExitCode, string Out, string Error)> RunAsync(string args) => RunAsync(args.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private async Task WriteAsync(string format, string path)
    {
        Written.Add(format);
        await File.WriteAllTextAsync(path, format);
    }
}
