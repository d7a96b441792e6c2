using System.CommandLine;
using OrleansEcho.LoadTest.Comparing;
using OrleansEcho.LoadTest.Results;
using Spectre.Console;

namespace OrleansEcho.LoadTest.Commands;

/// <summary><c>compare</c>: whether what is now is better than what was.</summary>
internal sealed class CompareCommand : LoadCommand
{
    private const string Files = "Results";
    private const string Reports = "Reports";

    private readonly LoadOption _a;
    private readonly LoadOption _b;
    private readonly LoadOption _markdown;
    private readonly LoadOption _html;
    private readonly Argument<string[]> _pair = new("FILES") { Arity = ArgumentArity.ZeroOrMore, Description = "A, and B: what was, and what is now." };

    public CompareCommand()
        : base("compare", "Says of each figure whether B is better or worse than A, the same, or too noisy to tell.")
    {
        Arguments.Add(_pair);
        _a = Values(Files, "--a", "FILE", "A result of what was.");
        _b = Values(Files, "--b", "FILE", "A result of what is now.");
        _markdown = Value(Reports, "--markdown", "FILE", "Writes it as Markdown.");
        _html = Value(Reports, "--html", "FILE", "Writes it as a page.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["compare before.json after.json", "compare --a a1.json --b b1.json --a a2.json --b b2.json --markdown change.md"];

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult parsed, LoadConsole console)
    {
        var pair = parsed.GetValue(_pair) ?? [];
        var (a, b) = (_a.ValuesIn(parsed), _b.ValuesIn(parsed));
        if (pair.Length is not (0 or 2) || (pair.Length is 0) == (a.Length is 0) || (a.Length is 0) != (b.Length is 0))
            return console.Fail(ExitCodes.WrongUsage, "Name two files, or any number with --a and with --b: results that 'run --json' has written.");
        if (pair.Length is 2) (a, b) = ([pair[0]], [pair[1]]);
        try
        {
            var comparison = RunComparison.Compare(await ReadAsync(a, console), await ReadAsync(b, console));
            ComparisonView.Write(comparison, AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Out) }));
            if (_markdown.ValuesIn(parsed) is [var markdown]) await OutputFile.WriteAsync(markdown, writer => ComparisonMarkdown.Write(comparison, writer), console.Interrupt);
            if (_html.ValuesIn(parsed) is [var html]) await OutputFile.WriteAsync(html, writer => ComparisonHtml.Write(comparison, writer), console.Interrupt);
            return comparison.Figures.Any(f => f.Verdict is ComparisonVerdict.Worse) ? ExitCodes.Failed : ExitCodes.Passed;
        }
        catch (OutputFileException fault)
        {
            return console.Fail(ExitCodes.CannotRun, fault.Message);
        }
    }

    private static async Task<IReadOnlyList<RunResult>> ReadAsync(IReadOnlyList<string> files, LoadConsole console)
    {
        var runs = new List<RunResult>();
        foreach (var file in files) runs.Add(await RunResultFile.ReadAsync(file, console.Interrupt));
        return runs;
    }
}
