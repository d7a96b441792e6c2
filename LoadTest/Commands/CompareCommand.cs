using System.CommandLine;
using OrleansEcho.LoadTest.Comparing;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using Spectre.Console;

namespace OrleansEcho.LoadTest.Commands;

/// <summary><c>compare</c>: whether what is now is better than what was, by results that there are or by runs that it makes.</summary>
internal sealed class CompareCommand : LoadCommand
{
    private const string Files = "A and B";
    private const string Reports = "Reports";

    private readonly ILoadRunner _runner;
    private readonly LoadOption _a;
    private readonly LoadOption _b;
    private readonly RepeatOptions _repeat;
    private readonly LoadOption _markdown;
    private readonly LoadOption _html;
    private readonly Argument<string[]> _pair = new("FILES") { Arity = ArgumentArity.ZeroOrMore, Description = "A, and B: what was, and what is now. Results; with --repeat scenarios, too, or names of ready ones." };

    /// <summary>Puts it together.</summary>
    public CompareCommand(ILoadRunner runner)
        : base("compare", "Says of each figure whether B is better or worse than A, the same, or too noisy to tell.")
    {
        _runner = runner;
        Arguments.Add(_pair);
        _a = Values(Files, "--a", "FILE", "A result of what was.");
        _b = Values(Files, "--b", "FILE", "A result of what is now.");
        _repeat = new RepeatOptions((group, option) => Add(group, option));
        _markdown = Value(Reports, "--markdown", "FILE", "Writes it as Markdown.");
        _html = Value(Reports, "--html", "FILE", "Writes it as a page.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "compare before.json after.json",
        "compare --a a1.json --b b1.json --a a2.json --b b2.json --markdown change.md",
        "compare --repeat 6 mine.yaml mine.yaml --target-a 127.0.0.1:7000 --target-b 127.0.0.1:7010 --keep runs",
    ];

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult parsed, LoadConsole console)
    {
        try
        {
            return _repeat.IsIn(parsed) ? await RepeatAsync(parsed, console) : await CompareAsync(parsed, console);
        }
        catch (OutputFileException fault)
        {
            return console.Fail(ExitCodes.CannotRun, fault.Message);
        }
    }

    private async Task<int> CompareAsync(ParseResult parsed, LoadConsole console)
    {
        var pair = parsed.GetValue(_pair) ?? [];
        var (a, b) = (_a.ValuesIn(parsed), _b.ValuesIn(parsed));
        List<string> faults = [.. _repeat.FaultsWithoutRepeat(parsed), .. SameReport(parsed)];
        if (pair.Length is not (0 or 2) || (pair.Length is 0) == (a.Length is 0) || (a.Length is 0) != (b.Length is 0))
            faults.Add("Name two files, or any number with --a and with --b: results that 'run --json' has written.");
        if (faults.Count > 0) return console.Fail(ExitCodes.WrongUsage, faults);
        if (pair.Length is 2) (a, b) = ([pair[0]], [pair[1]]);
        return await TellAsync(await ReadAsync(a, console), await ReadAsync(b, console), parsed, console);
    }

    // 1 read what is to be run; 2 see that results can be written; 3 run; 4 compare what there is.
    private async Task<int> RepeatAsync(ParseResult parsed, LoadConsole console)
    {
        var (pairs, files, fault) = _repeat.PairsIn(parsed, parsed.GetValue(_pair) ?? []);
        string[] named = [.. _a.ValuesIn(parsed), .. _b.ValuesIn(parsed)];
        List<string> faults = [.. fault is null ? (string[])[] : [fault], .. SameReport(parsed)];
        if (!(files.Length is 2 && named.Length is 0) && !(files.Length is 0 && _a.ValuesIn(parsed).Length is 1 && _b.ValuesIn(parsed).Length is 1))
            faults.Add("--repeat: makes the runs itself; name two files, or one with --a and one with --b: each a result, a scenario, or a ready scenario's name.");
        var wrong = new ScenarioFaults();
        var (overA, overB) = _repeat.OverridesIn(parsed, wrong);
        if (faults.Concat(wrong.Lines).ToList() is { Count: > 0 } all) return console.Fail(ExitCodes.WrongUsage, all);

        if (files.Length is 0) files = named;
        var (scenarioA, faultsA) = await ScenarioAsync(files[0], overA, console);
        var (scenarioB, faultsB) = await ScenarioAsync(files[1], overB, console);
        if (scenarioA is null || scenarioB is null) return console.Fail(ExitCodes.WrongUsage, faultsA.Concat(faultsB).Distinct());

        var kept = new KeptRuns(_repeat.KeepIn(parsed));
        string[] unwritable = [.. new[] { kept.FindFault(pairs) }.Concat(ReportsIn(parsed).Select(r => OutputProbe.FaultOf(r.Option, r.Path))).OfType<string>()];
        if (unwritable.Length > 0) return console.Fail(ExitCodes.CannotRun, unwritable);

        var (a, b) = (new ComparedSide("A", scenarioA), new ComparedSide("B", scenarioB));
        foreach (var line in Plan(a, b, pairs)) console.Say(line);
        var ended = await new RepeatedRuns(_runner, kept, console).RunAsync(a, b, pairs);
        if (a.Runs.Count is 0 || b.Runs.Count is 0)
        {
            return ended is ExitCodes.Interrupted ? console.Fail(ended, $"It was interrupted before there was a whole run of both: there is nothing to compare.{kept.Where}") : ended;
        }

        var told = await TellAsync(a.Runs, b.Runs, parsed, console);
        return ended is ExitCodes.Passed ? told : ended;
    }

    private static async Task<(LoadScenario? Scenario, IReadOnlyList<string> Faults)> ScenarioAsync(string file, SideOverride over, LoadConsole console)
    {
        var (scenario, faults) = await RepeatSource.ReadAsync(file, console.Interrupt);
        return scenario is null ? (null, faults) : over.Put(scenario, file);
    }

    private static IEnumerable<string> Plan(ComparedSide a, ComparedSide b, int pairs)
    {
        static string Targets(ComparedSide side) => $"{side.Name} is {side.Scenario.Name} on {string.Join(", ", side.Scenario.Targets.Select(t => t.Name))}";
        var seconds = pairs * (a.Scenario.Warmup + a.Scenario.Duration + b.Scenario.Warmup + b.Scenario.Duration).TotalSeconds;
        yield return Targets(a);
        yield return Targets(b);
        yield return $"{Quantity.Of(pairs, "pair")} of runs, in turn: {Quantity.Duration(seconds)} or a little more.";
        if (pairs < RepeatOptions.FewestPairs) yield return $"They are too few to tell a difference from chance; that takes {RepeatOptions.FewestPairs} pairs.";
    }

    // What is told of runs that were ended is told whole: writing takes no notice of the first Ctrl-C.
    private async Task<int> TellAsync(IReadOnlyList<RunResult> a, IReadOnlyList<RunResult> b, ParseResult parsed, LoadConsole console)
    {
        var comparison = RunComparison.Compare(a, b);
        ComparisonView.Write(comparison, AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Out) }));
        foreach (var (_, path, write) in ReportsIn(parsed)) await OutputFile.WriteAsync(path, writer => write(comparison, writer), CancellationToken.None);
        string[] written = [.. ReportsIn(parsed).Select(r => Path.GetFullPath(r.Path))];
        if (written.Length > 0) console.Say($"Written: {string.Join(", ", written)}.");
        return comparison.Figures.Any(f => f.Verdict is ComparisonVerdict.Worse) ? ExitCodes.Failed : ExitCodes.Passed;
    }

    private IEnumerable<(string Option, string Path, Action<RunComparison, TextWriter> Write)> ReportsIn(ParseResult parsed) =>
    [
        .. _markdown.ValuesIn(parsed).Select(path => (_markdown.Name, path, (Action<RunComparison, TextWriter>)ComparisonMarkdown.Write)),
        .. _html.ValuesIn(parsed).Select(path => (_html.Name, path, (Action<RunComparison, TextWriter>)ComparisonHtml.Write)),
    ];

    private IEnumerable<string> SameReport(ParseResult parsed) => ReportsIn(parsed).GroupBy(r => Path.GetFullPath(r.Path)).Where(g => g.Count() > 1)
        .Select(g => $"{string.Join(" and ", g.Select(r => r.Option))} both write to {g.First().Path}; give each a file of its own.");

    private static async Task<IReadOnlyList<RunResult>> ReadAsync(IReadOnlyList<string> files, LoadConsole console)
    {
        var runs = new List<RunResult>();
        foreach (var file in files) runs.Add(await RunResultFile.ReadAsync(file, console.Interrupt));
        return runs;
    }
}
