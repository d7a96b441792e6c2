using System.CommandLine;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Searching;

namespace OrleansEcho.LoadTest.Commands;

/// <summary><c>search</c>: finds the highest rate, or number of connections, that holds an objective.</summary>
/// <remarks>
/// 1 read what to look for; 2 see that results can be written; 3 run, judge, and go on to the next value; 4
/// write results; 5 say what was found.
/// </remarks>
internal sealed class SearchCommand : LoadCommand
{
    private readonly ILoadRunner _runner;
    private readonly TimeProvider _time;
    private readonly SearchOptions _options;
    private readonly List<(LoadOption Option, ResultFormat<SearchOutput> Format)> _results = [];
    private readonly Option<bool> _quiet;

    /// <summary>Puts it together.</summary>
    public SearchCommand(ILoadRunner runner, IThresholds thresholds, TimeProvider time)
        : base("search", "Finds the highest rate, or number of connections, that holds an objective.")
    {
        (_runner, _time) = (runner, time);
        _options = new SearchOptions(this, thresholds);
        Add(new("--json", "All that is known of the search, with every run's figures.",
            (output, path, cancellation) => SearchResultFile.WriteAsync(output.Result, path, cancellation)));
        Add(Text("--html", "A page with latency at each value.", SearchHtml.Write));
        Add(Text("--markdown", "The answer and a table of the runs, for pull requests.", SearchMarkdown.Write));
        Add(new(
            "--confirmed",
            "The last run that held at the answer, as 'run --json' writes it; where there is none, an older file is removed.",
            (output, path, cancellation) =>
                output.Confirmed is { } run ? RunResultFile.WriteAsync(run, path, cancellation) : RemoveAsync(path)));
        _quiet = Switch("What is shown", "--quiet", "Nothing but the answer.");
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Elsewhere { get; } = new Dictionary<string, string>
    {
        ["--duration"] = "--step",
        ["--fail-if"] = "--slo",
        ["--junit"] = "--json",
        ["--abort-on-fail"] = "--slo",
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "search --target 127.0.0.1:7000 --slo 'p99 < 20ms'",
        "search --slo 'p99.9 < 50ms' --slo 'errors <= 0' --from 10000 --precision 2% --step 20s --html limit.html",
        "search --of connections --depth 16 --slo 'p99 < 5ms'",
    ];

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult parsed, LoadConsole console)
    {
        var (plan, faults) = await _options.ReadAsync(parsed, console.Interrupt);
        if (plan is null) return console.Fail(ExitCodes.WrongUsage, faults);

        var files =
            new ResultFiles<SearchOutput>(_results.Where(r => r.Option.IsIn(parsed)).Select(r => (r.Format, r.Option.ValuesIn(parsed)[0])));
        if (files.Contradictions is { Count: > 0 } contradictions) return console.Fail(ExitCodes.WrongUsage, contradictions);
        if (files.FindUnwritable() is { Count: > 0 } unwritable) return console.Fail(ExitCodes.CannotRun, unwritable);

        if (!parsed.GetValue(_quiet)) console.Say(SearchText.Outlook(plan));
        var search = new SearchRun(plan, _runner, _time);
        await search.RunAsync(probe => Tell(plan, probe, parsed.GetValue(_quiet), console), console.Interrupt);
        if (search.Probes.Count is 0 && search.Fault is { } atOnce) return console.Fail(ExitCodes.CannotRun, atOnce);

        // What was found stays, whatever ended the search: writing takes no notice of the first Ctrl-C.
        var result = search.Result();
        var unwritten = await files.WriteAsync(new SearchOutput(result, search.Confirmed), CancellationToken.None);
        if (!parsed.GetValue(_quiet) && files.Written is { } written) console.Say(written);
        console.Say(result.Summary);
        string[] troubles = search.Fault is { } fault ? [fault, .. unwritten] : [.. unwritten];
        return troubles.Length > 0 ? console.Fail(ExitCodes.CannotRun, troubles) : CodeOf(result.Verdict);
    }

    private static void Tell(SearchPlan plan, SearchProbe probe, bool isQuiet, LoadConsole console)
    {
        if (!isQuiet) console.Say(SearchText.Line(plan.Of, probe));
    }

    private static int CodeOf(SearchVerdict verdict) => verdict switch
    {
        SearchVerdict.Found or SearchVerdict.AtLeast => ExitCodes.Passed,
        SearchVerdict.NothingHolds => ExitCodes.Failed,
        SearchVerdict.LoadTesterEnds => ExitCodes.Invalid,
        SearchVerdict.Interrupted => ExitCodes.Interrupted,
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };

    // One that an earlier search has written would be taken for this one's.
    private static Task RemoveAsync(string path)
    {
        OutputFile.Remove(path);
        return Task.CompletedTask;
    }

    private static ResultFormat<SearchOutput> Text(string option, string description, Action<SearchResult, TextWriter> write) =>
        new(option, description,
            (output, path, cancellation) => OutputFile.WriteAsync(path, writer => write(output.Result, writer), cancellation));

    private void Add(ResultFormat<SearchOutput> format) =>
        _results.Add((Value("Results", format.Option, "FILE", format.Description), format));
}
