using System.CommandLine;
using OrleansEcho.LoadTest.Comparing;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Commands;

/// <summary><c>history</c>: how figures went from run to run.</summary>
internal sealed class HistoryCommand : LoadCommand
{
    private readonly Argument<string> _folder = new("FOLDER") { Arity = ArgumentArity.ExactlyOne, Description = "Where files are that 'run --json' has written." };
    private readonly LoadOption _name;
    private readonly LoadOption _html;

    public HistoryCommand()
        : base("history", "Shows the results of a folder in order of time, as Markdown.")
    {
        Arguments.Add(_folder);
        _name = Value("What", "--name", "NAME", "Only runs of this name.");
        _html = Value("Reports", "--html", "FILE", "Writes it as a page, too.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["history results", "history results --name open --html trend.html"];

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult parsed, LoadConsole console)
    {
        try
        {
            var history = await RunHistory.ReadAsync(parsed.GetRequiredValue(_folder), _name.ValuesIn(parsed).FirstOrDefault(), console.Interrupt);
            HistoryMarkdown.Write(history, console.Out);
            if (_html.ValuesIn(parsed) is [var html])
            {
                await OutputFile.WriteAsync(html, writer => HistoryHtml.Write(history, writer), console.Interrupt);
                console.Say($"Written: {Path.GetFullPath(html)}.");
            }

            return ExitCodes.Passed;
        }
        catch (OutputFileException fault)
        {
            return console.Fail(ExitCodes.CannotRun, fault.Message);
        }
    }
}
