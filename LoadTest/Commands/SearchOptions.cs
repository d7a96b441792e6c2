using System.CommandLine;
using System.Globalization;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Searching;
using OrleansEcho.LoadTest.Thresholds;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>The options that say what a search looks for, and the plan that they make.</summary>
internal sealed class SearchOptions
{
    private const string Rate = "rate";
    private const string Connections = "connections";
    private const string Precision = "5%";

    // Any gateway holds this, and a generator as well: it is doubled often enough to be anywhere soon.
    private const long FirstRate = 1000;
    private const long FirstConnections = 8;

    // A run of chance is unlikely to come thrice in a row, and three runs are not long to wait for.
    private const int Confirmations = 3;

    // The least in which a p99 has enough beyond it at a thousand messages a second.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private static readonly ScalarShape Shares = new("a share", null, () => new() { ["type"] = "string" }, ParseShare);

    private readonly LoadOption _slo;
    private readonly LoadOption _of;
    private readonly LoadOption _from;
    private readonly LoadOption _to;
    private readonly LoadOption _precision;
    private readonly LoadOption _step;
    private readonly LoadOption _confirm;
    private readonly ScenarioOptions _scenario;

    /// <summary>Adds them to a command, before those of the scenario.</summary>
    public SearchOptions(LoadCommand command, IThresholds thresholds)
    {
        const string What = "What to look for", How = "How to look for it";
        _slo = command.Values(What, "--slo", "CONDITION", "What has to hold, such as 'p99 < 20ms' or 'errors <= 0'; at least one. Messages that are lost, doubled or changed never hold.");
        _of = command.Value(What, "--of", $"{Rate}|{Connections}", $"The limit of what: of an open loop's rate, or of the connections of whatever the scenario is ({Rate}).");
        _from = command.Value(How, "--from", "N", $"Where to begin ({FirstRate} messages a second, {FirstConnections} connections).");
        _to = command.Value(How, "--to", "N", "The most to try (what a scenario, or this process, may have at most).");
        _precision = command.Value(How, "--precision", "SHARE", $"How far above the answer something may be that does not hold: 5% or 0.05 ({Precision}).");
        _step = command.Value(How, "--step", "DURATION", $"How long each run counts, after its warm-up ({Durations.Format(Step)}).");
        _confirm = command.Value(How, "--confirm", "N", $"In how many further runs in a row the answer has to hold ({Confirmations}).");
        _scenario = new ScenarioOptions(command, thresholds, "--duration", "--fail-if");
    }

    /// <summary>Reads them, with the scenario.</summary>
    /// <returns>The plan; or null, and everything that is wrong, a line each.</returns>
    public async Task<(SearchPlan? Plan, IReadOnlyList<string> Faults)> ReadAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var faults = new ScenarioFaults();
        var of = Read(parsed, _of, ScenarioShapes.Word(Rate, Connections), Rate, faults) is Connections ? SearchedValue.Connections : SearchedValue.Rate;
        var most = of is SearchedValue.Rate ? (int)LoadSchedule.MaxRate : ScenarioKeys.MaxConnections;
        var number = ScenarioShapes.Integer(1, most);
        var from = Read(parsed, _from, number, (int)(of is SearchedValue.Rate ? FirstRate : FirstConnections), faults);
        var to = Read(parsed, _to, number, of is SearchedValue.Connections && OpenFiles.Left() is { } left ? Math.Clamp(left, from, most) : most, faults);
        var precision = Read(parsed, _precision, Shares, (double)ParseShare(Precision).Value!, faults);
        var step = Read(parsed, _step, ScenarioShapes.Duration(TimeSpan.FromMilliseconds(1), LoadSchedule.MaxStage), Step, faults);
        var confirmations = Read(parsed, _confirm, ScenarioShapes.Integer(1, 1000), Confirmations, faults);
        if (to < from && faults.Lines.Count is 0) faults.Add(new(_to.Name), "", $"{to} is less than {from}, where the search begins; write more, or begin lower with --from");
        if (!_slo.IsIn(parsed)) faults.Add(new(_slo.Name), "", "there is nothing that has to hold; add one, such as --slo 'p99 < 20ms'");

        var (file, wrong) = await _scenario.ReadAsync(parsed, cancellation, Entry(of, from));
        var targets = file?.Scenario.Targets.Select(t => t.Name).ToArray();
        var conditions = new List<Threshold>();
        foreach (var text in _slo.ValuesIn(parsed).Where(text => targets is not null || !text.Contains('{', StringComparison.Ordinal))) // whose targets are not known, nothing can be said of
        {
            if (Threshold.TryParse(text, targets ?? [], out var threshold, out var error)) conditions.Add(threshold.Opposite);
            else faults.Add(new(_slo.Name), "", error);
        }

        if (file is null || targets is null) return (null, [.. faults.Lines, .. wrong]);
        if (file.Scenario.Stages.Count > 1) faults.Add(new(_step.Name), "", $"the {file.Scenario.Stages.Count} stages of {file.Scenario.Name} say how long they take, and each run of a search holds one value; take the stages away");
        if (faults.Lines.Count > 0) return (null, faults.Lines);
        foreach (var threshold in file.Thresholds)
        {
            if (Threshold.TryParse(threshold.Condition, targets, out var found, out _)) conditions.Add(found);
        }

        var least = of is SearchedValue.Rate ? 1 : Math.Max(targets.Length, file.Scenario.Flows.Count);
        // What failed, and what was not sent, is judged by the objective.
        var scenario = file.Scenario with { AllowsErrors = true, AllowsUnanswered = true, AllowsUnsent = true };
        var range = new SearchRange(from, to, SearchRange.FloorOf(from, least), precision, confirmations);
        return (new SearchPlan(scenario, of, step, range, conditions, _slo.ValuesIn(parsed)), []);
    }

    // It is judged, and put over a file, as an option of that name.
    private static ScenarioEntry Entry(SearchedValue of, int from)
    {
        var key = of is SearchedValue.Rate ? Rate : Connections;
        return new ScenarioEntry(key, new ScenarioPlace($"--of {key}"), new ScenarioScalar(new ScenarioPlace("--from"), from.ToString(CultureInfo.InvariantCulture), IsQuoted: null));
    }

    private static T Read<T>(ParseResult parsed, LoadOption option, ScalarShape shape, T other, ScenarioFaults faults) =>
        option.ValuesIn(parsed) is [var text, ..] && shape.Read(new ScenarioScalar(new(option.Name), text, IsQuoted: null), "", faults) is T value ? value : other;

    private static (object? Value, string Fault) ParseShare(string text)
    {
        const double Least = 0.001;
        var isPercent = text.EndsWith('%');
        var isNumber = double.TryParse(isPercent ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        var share = isPercent ? number / 100 : number;
        return isNumber && share is >= Least and <= 1 ? (share, "") : (null, $"'{text}' is no share from 0.1% to 100%; write one, such as 5% or 0.05");
    }
}
