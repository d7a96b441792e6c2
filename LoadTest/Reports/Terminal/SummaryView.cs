using OrleansEcho.LoadTest.Results;
using Spectre.Console;
using Spectre.Console.Rendering;
using static OrleansEcho.LoadTest.Reports.Terminal.TerminalText;

namespace OrleansEcho.LoadTest.Reports.Terminal;

/// <summary>A run as it stands in the terminal at its end: the verdict first, then why, then the figures.</summary>
internal static class SummaryView
{
    // Below this there is room for a name and a figure.
    private const int Narrow = 60;

    private const int WidestBar = 24;

    /// <summary>Writes it, as wide as the terminal is.</summary>
    public static void Write(RunResult run, IAnsiConsole console)
    {
        console.WriteLine();
        WriteVerdict(run, console);
        console.WriteLine();
        console.Write(Figures(run));
        console.WriteLine();
        console.Write(Times(run));
        WriteTargets(run, console);
        WriteErrors(run.Total, console);
        console.WriteLine();
    }

    private static void WriteVerdict(RunResult run, IAnsiConsole console)
    {
        var style = run.Verdict switch
        {
            Verdict.Passed => Good,
            Verdict.Failed => Bad,
            _ => Warn,
        };
        var sign = !console.IsUnicode() ? "" : run.Verdict is Verdict.Passed ? "✓ " : run.Verdict is Verdict.Failed ? "✗ " : "! ";
        console.Write(new Paragraph()
            .Append($"{sign}{run.Verdict.ToString().ToUpperInvariant()}", style.Decoration(Decoration.Bold))
            .Append($"  {Clean(run.Scenario.Name)}", Strong)
            .Append($"  {Quantity.Duration(run.Seconds)}, {Clean(ReportText.Targets(run))}", Soft));
        console.WriteLine();
        foreach (var threshold in run.Thresholds.OrderBy(t => !t.IsCrossed))
        {
            console.Write(Indented(Of($"{(threshold.IsCrossed ? "crossed    " : "not crossed")}  {threshold.Condition}: {threshold.Value}", threshold.IsCrossed ? Bad : Soft)));
        }

        if (run.Total.Integrity.Faults > 0) console.Write(Indented(Of(ReportText.Integrity(run.Total.Integrity), Bad)));
        foreach (var remark in run.Remarks) console.Write(Indented(Of(remark, Warn)));
    }

    private static Padder Indented(IRenderable what) => new(what, new Padding(2, 0, 0, 0));

    private static IRenderable Figures(RunResult run)
    {
        var (total, bytes) = (run.Total, run.Seconds > 0 ? run.Total.Bytes / run.Seconds : 0);
        return Grid(
            rightAligned: false,
            Row("messages/s", Quantity.Rate(total.MessagesPerSecond), $"{Quantity.Count(total.Messages)} messages, {Quantity.Bytes(bytes)}/s each way"),
            Row("connections", Quantity.Count(total.ConnectionsOpen), ReportText.Connections(total)),
            Row("load tester", Quantity.Percent(run.Generator.CpuShare), $"of the processors, {Quantity.Bytes(run.Generator.PeakMemory)}"
                + (run.Generator.Skipped > 0 ? $", {Quantity.Of(run.Generator.Skipped, "message")} not sent" : "")
                + (run.Generator.SendLag.Count > 0 ? $", {Quantity.Time(run.Generator.SendLag.P99)} late (p99)" : "")));
    }

    private static IRenderable[] Row(string name, string value, string more) => [Of(name, Soft), Of(value, Strong), Of(more, Soft)];

    private static IRenderable Times(RunResult run)
    {
        (string Name, LatencyFigures Of)[] all = [("latency", run.Total.Latency), ("service", run.Total.ServiceTime), ("connect", run.Total.ConnectTime)];
        var there = all.Where(l => l.Of.Count > 0).ToArray();
        if (there.Length is 0) return Indented(Of("No message came back.", Bad));
        var rows = ReportText.Percentiles.Where(p => p.Name is not ("p75" or "p95" or "min"))
            .Select(p => (IReadOnlyList<IRenderable>)[Of(p.Name, Soft), .. there.Select(l => Of(Quantity.Time(p.Of(l.Of)), p.Name is "p50" or "p99" ? Strong : Plain))]);
        return Grid(rightAligned: true, [[Of(""), .. there.Select(l => Of(l.Name, Soft))], .. rows]);
    }

    private static void WriteTargets(RunResult run, IAnsiConsole console)
    {
        if (run.Targets.Count < 2) return;
        console.WriteLine();
        var balance = TargetBalance.Of(run);
        var most = balance.Max(b => b.Share);
        var longest = run.Targets.Max(t => t.Target.Length);
        var isNarrow = console.Profile.Width < Narrow;
        var width = Math.Clamp(console.Profile.Width - longest - 46, 4, WidestBar);
        console.Write(Grid(rightAligned: false, [.. balance.Select(b => (IReadOnlyList<IRenderable>)
        [
            Of(b.Target.Target, b.Note is null ? Plain : Warn),
            .. isNarrow ? [] : (IRenderable[])[Of(Bar(b.Share / most, width, console.IsUnicode()), new Style(Color.Blue))],
            Of($"{Quantity.Rate(b.Target.Figures.MessagesPerSecond)}/s"),
            .. isNarrow ? [] : (IRenderable[])[Of($"p99 {ReportText.Time(b.Target.Figures.Latency, l => l.P99)}", Soft)],
            Of(b.Note ?? "", Warn),
        ])]));
    }

    private static void WriteErrors(LoadFigures total, IAnsiConsole console)
    {
        if (total.Errors.Values.Sum() + total.Refusals.Values.Sum() + total.Integrity.Unanswered is 0) return;
        console.WriteLine();
        console.Write(Grid(
            rightAligned: false,
            [
                .. total.Errors.Where(e => e.Value > 0).OrderByDescending(e => e.Value).ThenBy(e => e.Key)
                    .Select(e => (IReadOnlyList<IRenderable>)[Of(e.Key.ToString(), Bad), Of(Quantity.Count(e.Value)), Of(ReportText.Meaning(e.Key), Soft)]),
                .. total.Refusals.Where(r => r.Value > 0).OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal)
                    .Select(r => (IReadOnlyList<IRenderable>)[Of(r.Key, Warn), Of(Quantity.Count(r.Value)), Of("as gateways say", Soft)]),
                .. total.Integrity.Unanswered is 0
                    ? []
                    : (IReadOnlyList<IRenderable>[])[[Of("unanswered", Warn), Of(Quantity.Count(total.Integrity.Unanswered)), Of("messages that failed connections owed", Soft)]],
            ]));
    }
}
