using System.CommandLine;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <summary><c>run</c>: loads gateways as a scenario and options say.</summary>
/// <remarks>1 read the scenario; 2 read the thresholds; 3 see that results can be written; 4 run; 5 judge; 6 write results; 7 say what came of it.</remarks>
internal sealed partial class RunCommand : LoadCommand
{
    private readonly ILoadRunner _runner;
    private readonly IThresholds _thresholds;
    private readonly IRunViews _views;
    private readonly List<(LoadOption Option, ResultFormat Format)> _results = [];

    /// <summary>Puts it together.</summary>
    public RunCommand(ILoadRunner runner, IThresholds thresholds, IRunViews views, params IEnumerable<ResultFormat> formats)
        : base("run", "Loads gateways, checks every echo, and tells latency and throughput.")
    {
        (_runner, _thresholds, _views) = (runner, thresholds, views);
        AddOptions(formats);
    }

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult parsed, LoadConsole console)
    {
        var (file, faults) = await ReadAsync(parsed, console.Interrupt);
        if (file is null) return console.Fail(ExitCodes.WrongUsage, faults);

        var outputs = new RunOutputs(_results.Where(r => r.Option.IsIn(parsed)).Select(r => (r.Format, r.Option.ValuesIn(parsed)[0])));
        if (outputs.Contradictions is { Count: > 0 } contradictions) return console.Fail(ExitCodes.WrongUsage, contradictions);
        if (outputs.FindUnwritable() is { Count: > 0 } unwritable) return console.Fail(ExitCodes.CannotRun, unwritable);

        string[] conditions = [.. file.Thresholds.Select(t => t.Condition)];
        var kind = parsed.GetValue(_quiet) ? RunViewKind.Quiet : parsed.GetValue(_noLive) ? RunViewKind.Lines : RunViewKind.Live;
        RunResult result;
        await using (var view = _views.Open(file.Scenario, kind, console.Out))
        {
            result = _thresholds.Judge(await LoadAsync(file.Scenario, conditions, view, parsed.GetValue(_abortOnFail), console.Interrupt), conditions);
            view.Finished(result);
        }

        // An interrupted run keeps what it has: writing takes no notice of the first Ctrl-C.
        if (await outputs.WriteAsync(result, CancellationToken.None) is { Count: > 0 } unwritten) return console.Fail(ExitCodes.CannotRun, unwritten);
        return NobodyAnswered(result) ? console.Fail(ExitCodes.CannotRun, $"No target could be reached ({string.Join(", ", file.Scenario.Targets.Select(t => t.Name))}); is a gateway listening there?") : ExitCodes.Of(result.Verdict);
    }

    private async Task<(ScenarioFile? File, IReadOnlyList<string> Faults)> ReadAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var name = _scenario.ValuesIn(parsed).FirstOrDefault();
        if (name is null && _burst.IsIn(parsed) != _every.IsIn(parsed))
        {
            return (null, [_burst.IsIn(parsed) ? "--burst: needs --every, how often, such as --every 1s." : "--every: is of bursts; add --burst, how many messages at once."]);
        }

        var (file, faults) = name is null ? ScenarioReader.Read(_flags.Read(parsed)) : await ReadFileAsync(name, _flags.Read(parsed), cancellation);
        if (file is null) return (null, faults);
        var wrong = new ScenarioFaults();
        foreach (var threshold in file.Thresholds)
        {
            if (_thresholds.FaultOf(threshold.Condition, [.. file.Scenario.Targets.Select(t => t.Name)]) is { } fault) wrong.Add(threshold.Place, "thresholds", $"'{threshold.Condition}' {fault}");
        }

        return wrong.Lines.Count > 0 ? (null, wrong.Lines) : (file, []);
    }

    private static async Task<(ScenarioFile? File, IReadOnlyList<string> Faults)> ReadFileAsync(string name, ScenarioMap flags, CancellationToken cancellation)
    {
        var path = File.Exists(name) || !ReadyScenarios.Names.Contains(name) ? name : ReadyScenarios.FileOf(name);
        try
        {
            return ScenarioReader.Read(await File.ReadAllTextAsync(path, cancellation), path, flags);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, [$"--scenario: '{name}' is no file, and no ready scenario; {Nearest.Advice(name, ReadyScenarios.Names)}"]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, [$"--scenario: {name} cannot be read; see that it is a file, and whose it is."]);
        }
    }

    private async Task<RunResult> LoadAsync(LoadScenario scenario, string[] conditions, IRunView view, bool abortOnFail, CancellationToken interrupt)
    {
        if (!abortOnFail) return await _runner.RunAsync(scenario, view, interrupt);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        string? crossed = null;
        var watch = _thresholds.Watch(conditions, [.. scenario.Targets.Select(t => t.Name)], condition =>
        {
            crossed = condition;
            end.Cancel();
        });
        var result = await _runner.RunAsync(scenario, new TwoObservers(view, watch), end.Token);
        // It was ended, but not by a person: the threshold is what came of it.
        return crossed is null ? result : result with { Verdict = Verdict.Failed, Remarks = [.. result.Remarks, $"It was ended early, because of {crossed}."] };
    }

    // Targets that refuse everybody have answered.
    private static bool NobodyAnswered(RunResult result) => result is { Verdict: not Verdict.Interrupted, Total: { Messages: 0, ConnectionsOpened: 0, ConnectionsOpen: 0, ConnectTime.Count: 0 } total }
        && total.Errors.Keys.Any(e => e is ErrorClass.Connect) && total.Errors.Keys.All(e => e is ErrorClass.Connect or ErrorClass.Timeout);
}
