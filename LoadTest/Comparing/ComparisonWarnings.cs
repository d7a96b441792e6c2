using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>What is wrong with a comparison before a figure is looked at.</summary>
internal static class ComparisonWarnings
{
    /// <summary>A sentence each, the worst first.</summary>
    public static IEnumerable<string> Of(RunResult[] a, RunResult[] b, bool ofSeconds)
    {
        RunResult[] all = [.. a, .. b];
        if (all.Length is 0) yield break;
        foreach (var difference in Machines(all)) yield return difference;
        foreach (var difference in Scenarios(all)) yield return difference;
        foreach (var verdict in (Verdict[])[Verdict.Invalid, Verdict.Interrupted, Verdict.Failed])
        {
            var (inA, inB) = (a.Count(r => r.Verdict == verdict), b.Count(r => r.Verdict == verdict));
            if (inA + inB > 0) yield return $"{inA} of A's runs and {inB} of B's are {verdict.ToString().ToLowerInvariant()}. {ReportText.Meaning(verdict)}";
        }

        if (all.Select(r => r.Tool).Distinct().Count() > 1) yield return $"The load tester is not the same: {Listed(all.Select(r => r.Tool))}.";
        if (ofSeconds)
        {
            yield return "There is one run of each, so their seconds are compared: seconds of a run are like their neighbours (autocorrelation), which makes differences look surer than they are, "
                + "and nothing tells how much two runs of the same differ. Make four or more runs of each, in turn (--repeat does).";
        }
        else if (a.Length > 1 && b.Length > 1 && (a[^1].StartedAt < b[0].StartedAt || b[^1].StartedAt < a[0].StartedAt))
        {
            yield return "All runs of one side were made before all of the other: what else changed on the machine in that time counts as a difference. Make them in turn.";
        }
        else if (!IsInTurn(a, b))
        {
            yield return "The runs were made in turn only in part, several of one side after another: what else changed on the machine in that time counts as a part of a difference. "
                + "Make them in turn (A B, B A, A B and so on), as --repeat does.";
        }
    }

    /// <summary>What a run does, as a text that is equal for runs that can be compared. Where targets listen is nobody's figure; what is sent to them is.</summary>
    public static string Load(RunResult run) => string.Join(
        '|',
        [
            .. run.Scenario.Stages.Select(ReportText.Stage),
            .. run.Scenario.Flows.Select(f => FormattableString.Invariant($"{f.Weight} {f.Kind} {ReportText.Flow(f)} {f.Sizes}")),
            .. run.Scenario.Targets.Select(t => $"{t.Framing} {(t.Tls is null ? "tcp" : "tls")}").Distinct(),
        ]);

    // At no time is one side ahead of the other by more than the one run that it must be: a run, or where one side has several for one of
    // the other, as many. Which of a pair comes first does not matter, and runs of the same time have no order.
    private static bool IsInTurn(RunResult[] a, RunResult[] b)
    {
        if (a.Length is 0 || b.Length is 0) return true;
        var share = 1.0 / Math.Min(a.Length, b.Length) + 1e-9;
        return a.Concat(b).Select(r => r.StartedAt).Distinct().All(time =>
        {
            var (inA, inB) = (a.Count(r => r.StartedAt <= time), b.Count(r => r.StartedAt <= time));
            return Math.Abs(inA - inB) <= 1 || Math.Abs((double)inA / a.Length - (double)inB / b.Length) <= share;
        });
    }

    private static IEnumerable<string> Machines(RunResult[] all)
    {
        (string Name, Func<MachineFingerprint, string> Of)[] parts =
        [
            ("processor", m => m.Processor), ("processors", m => Quantity.Count(m.Processors)), ("memory", m => Quantity.Bytes(m.Memory)),
            ("system", m => m.System), (".NET", m => m.Runtime),
        ];
        var different = parts.Where(p => all.Select(r => p.Of(r.Machine)).Distinct().Count() > 1).ToArray();
        if (different.Length > 0)
        {
            yield return "THE MACHINES ARE NOT THE SAME, and figures of different machines are not to be compared: "
                + $"{string.Join("; ", different.Select(p => $"{p.Name} {Listed(all.Select(r => p.Of(r.Machine)))}"))}.";
        }
    }

    private static IEnumerable<string> Scenarios(RunResult[] all)
    {
        if (all.Select(r => r.Scenario.Name).Distinct().Count() > 1) yield return $"The scenarios are not the same: {Listed(all.Select(r => r.Scenario.Name))}.";
        else if (all.Select(Load).Distinct().Count() > 1) yield return "The runs have the same scenario's name, but do not do the same: compare their stages, flows and targets.";
        if (all.Select(r => r.Scenario.Targets.Count).Distinct().Count() > 1)
        {
            yield return $"The targets are not as many: {Listed(all.Select(r => Quantity.Count(r.Scenario.Targets.Count)))}.";
        }
    }

    private static string Listed(IEnumerable<string> values) => string.Join(" and ", values.Distinct().Select(v => $"'{v}'"));
}
