using System.CommandLine;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Workers;

namespace OrleansEcho.LoadTest.Commands;

/// <summary><c>run</c>: loads gateways as a scenario and options say.</summary>
/// <remarks>
/// 1 read the scenario; 2 read the thresholds; 3 see that results can be written; 4 run; 5 judge; 6 write results; 7 say what came of it.
/// </remarks>
internal sealed class RunCommand : LoadCommand
{
    private readonly IThresholds _thresholds;
    private readonly IRunViews _views;
    private readonly ScenarioOptions _scenario;
    private readonly WorkerOptions _workers;
    private readonly List<(LoadOption Option, ResultFormat<RunResult> Format)> _results = [];
    private readonly Option<bool> _abortOnFail;
    private readonly Option<bool> _quiet;
    private readonly Option<bool> _noLive;

    /// <summary>Puts it together.</summary>
    public RunCommand(ILoadRunner runner, Func<SessionSettings, int, ILoadRunner> cluster, IThresholds thresholds, IRunViews views,
        params IEnumerable<ResultFormat<RunResult>> formats)
        : base("run", "Loads gateways, checks every echo, and tells latency and throughput.")
    {
        (_thresholds, _views) = (thresholds, views);
        _scenario = new ScenarioOptions(this, thresholds);
        _workers = new WorkerOptions(this, runner, cluster);
        _abortOnFail = Switch("What must not be", "--abort-on-fail", "Ends the run as soon as one comes true.");
        foreach (var format in formats) _results.Add((Value("Results", format.Option, "FILE", format.Description), format));
        _quiet = Switch("What is shown", "--quiet", "Nothing but faults.");
        _noLive = Switch("What is shown", "--no-live", "Lines instead of what moves; so it is, too, where the output is no terminal.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "run --target 127.0.0.1:7000",
        "run --target 127.0.0.1:7000 --target 127.0.0.1:7010 --rate 20000 --duration 30s",
        "run --scenario open --rate 1000 --fail-if 'p99 > 20ms' --json out.json --html out.html",
    ];

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult parsed, LoadConsole console)
    {
        var (file, faults) = await _scenario.ReadAsync(parsed, console.Interrupt);
        if (file is null) return console.Fail(ExitCodes.WrongUsage, faults);
        var (runner, fault) = _workers.In(parsed);
        if (runner is null) return console.Fail(ExitCodes.WrongUsage, fault!);

        var outputs =
            new ResultFiles<RunResult>(_results.Where(r => r.Option.IsIn(parsed)).Select(r => (r.Format, r.Option.ValuesIn(parsed)[0])));
        if (outputs.Contradictions is { Count: > 0 } contradictions) return console.Fail(ExitCodes.WrongUsage, contradictions);
        if (outputs.FindUnwritable() is { Count: > 0 } unwritable) return console.Fail(ExitCodes.CannotRun, unwritable);

        string[] conditions = [.. file.Thresholds.Select(t => t.Condition)];
        var kind = parsed.GetValue(_quiet) ? RunViewKind.Quiet : parsed.GetValue(_noLive) ? RunViewKind.Lines : RunViewKind.Live;
        RunResult result;
        await using (var view = _views.Open(file.Scenario, kind, console.Out))
        {
            result = _thresholds.Judge(
                await LoadAsync(runner, file.Scenario, conditions, view, parsed.GetValue(_abortOnFail), console.Interrupt), conditions);
            view.Finished(result);
        }

        // An interrupted run keeps what it has: writing takes no notice of the first Ctrl-C.
        var unwritten = await outputs.WriteAsync(result, CancellationToken.None);
        if (kind is not RunViewKind.Quiet && outputs.Written is { } written) console.Say(written);
        if (unwritten.Count > 0) return console.Fail(ExitCodes.CannotRun, unwritten);
        return TargetReachability.FaultOf(result) is { } nobody ? console.Fail(ExitCodes.CannotRun, nobody) : ExitCodes.Of(result.Verdict);
    }

    private async Task<RunResult> LoadAsync(
        ILoadRunner runner, LoadScenario scenario, string[] conditions, IRunView view, bool abortOnFail, CancellationToken interrupt)
    {
        if (!abortOnFail) return await runner.RunAsync(scenario, view, interrupt);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        string? crossed = null;
        var watch = _thresholds.Watch(conditions, [.. scenario.Targets.Select(t => t.Name)], condition =>
        {
            crossed = condition;
            end.Cancel();
        });
        var result = await runner.RunAsync(scenario, new TwoObservers(view, watch), end.Token);
        // It was ended, but not by a person: the threshold is what came of it.
        return crossed is null ? result
            : result with { Verdict = Verdict.Failed, Remarks = [.. result.Remarks, $"It was ended early, because of {crossed}."] };
    }
}
