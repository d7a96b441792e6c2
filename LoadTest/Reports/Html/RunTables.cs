using System.Xml.Linq;
using OrleansEcho.LoadTest.Reports.Plots;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Reports.Html;

/// <summary>The tables of a run's page.</summary>
internal static class RunTables
{
    /// <summary>The thresholds; null where there are none.</summary>
    public static XElement? Thresholds(RunResult run) => run.Thresholds.Count is 0 ? null : HtmlPage.Table(
        "",
        ["must not be", "was", ""],
        run.Thresholds.Select(t => (object[])[t.Condition, Svg.E("td", t.Value), Svg.E("td", Svg.A("class", t.IsCrossed ? "flag" : "fine"), t.IsCrossed ? "✗ crossed" : "✓ held")]));

    /// <summary>Each gateway beside the others.</summary>
    public static XElement Targets(RunResult run) => HtmlPage.Table(
        "Connections go to the gateways in turn: each should have done as much as the others.",
        ["gateway", "share", "messages/s", "p50", "p99", "p99.9", "max", "open", "errors", "wrong", "balance"],
        TargetBalance.Of(run).Select(b => (object[])
        [
            b.Target.Target,
            Svg.E("td", Svg.E("span", Svg.A("class", "share"), Svg.E("i", Svg.A("style", $"width:{Svg.Number(b.Share * 100)}%"))), Quantity.Percent(b.Share)),
            Quantity.Rate(b.Target.Figures.MessagesPerSecond),
            ReportText.Time(b.Target.Figures.Latency, l => l.P50),
            ReportText.Time(b.Target.Figures.Latency, l => l.P99),
            ReportText.Time(b.Target.Figures.Latency, l => l.P999),
            ReportText.Time(b.Target.Figures.Latency, l => l.Max),
            Quantity.Count(b.Target.Figures.ConnectionsOpen),
            Quantity.Count(b.Target.Figures.Errors.Values.Sum()),
            Quantity.Count(b.Target.Figures.Integrity.Faults),
            b.Note is null ? Svg.E("td", Svg.A("class", "soft"), run.Targets.Count > 1 ? "as the others" : "–") : Svg.E("td", Svg.A("class", "flag"), $"! {b.Note}"),
        ]));

    /// <summary>The distributions of all times.</summary>
    public static XElement Times(RunResult run)
    {
        (string Name, LatencyFigures Of)[] all =
        [
            ("latency", run.Total.Latency), ("service time", run.Total.ServiceTime), ("connecting", run.Total.ConnectTime), ("send lag", run.Generator.SendLag),
        ];
        return HtmlPage.Table(
            "Latency is from when a message should have been sent (open loop) or was sent (closed loop), service time from when it was sent, each to its echo's last byte.",
            ["", "count", .. ReportText.Percentiles.Select(p => p.Name)],
            all.Where(l => l.Of.Count > 0).Select(l => (object[])[l.Name, Quantity.Count(l.Of.Count), .. ReportText.Percentiles.Select(p => Quantity.Time(p.Of(l.Of)))]));
    }

    /// <summary>What went wrong, and what gateways said; null where nothing did.</summary>
    public static XElement? Errors(LoadFigures total)
    {
        object[][] rows =
        [
            .. total.Errors.OrderBy(e => e.Key).Where(e => e.Value > 0).Select(e => (object[])[$"{e.Key}", Quantity.Count(e.Value), $"connections {ReportText.Meaning(e.Key)}"]),
            .. total.Refusals.OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal).Select(r => (object[])[r.Key, Quantity.Count(r.Value), "the reason that a gateway gave"]),
            .. total.Integrity.Unanswered > 0 ? [["Unanswered", Quantity.Count(total.Integrity.Unanswered), "messages were owed by connections that failed"]] : Array.Empty<object[]>(),
            .. total.Integrity.Faults > 0
                ? [["Integrity", Quantity.Count(total.Integrity.Faults), ReportText.Integrity(total.Integrity)]]
                : Array.Empty<object[]>(),
        ];
        return rows.Length is 0 ? null : HtmlPage.Table("", ["what", "how many", ""], rows);
    }

    /// <summary>The run second by second.</summary>
    public static XElement Seconds(RunResult run)
    {
        var time = Timeline.Of(run);
        static string Time(double? value) => value is { } there ? Quantity.Time(there) : "–";
        return HtmlPage.Table(
            time.Count < run.Intervals.Count ? "Some seconds together: latency is that of the worst of them." : "",
            ["from", "to", "messages/s", "intended", "p50", "p90", "p99", "p99.9", "max", "open", "opened", "errors", "wrong"],
            time.Select(t => (object[])
            [
                Quantity.Duration(t.From), Quantity.Duration(t.To), Quantity.Rate(t.Rate), t.IntendedRate is { } rate ? Quantity.Rate(rate) : "–",
                Time(t.P50), Time(t.P90), Time(t.P99), Time(t.P999), Time(t.Max),
                Quantity.Count(t.ConnectionsOpen), Quantity.Count(t.ConnectionsOpened), Quantity.Count(t.Errors), Quantity.Count(t.Faults),
            ]));
    }

    /// <summary>What was to be done.</summary>
    public static XElement Scenario(RunResult run) => HtmlPage.Table("", [], (object[][])
    [
        .. run.Scenario.Stages.Select((s, i) => (object[])[$"stage {i + 1}", ReportText.Stage(s)]),
        .. run.Scenario.Flows.Select(f => (object[])[$"{f.Kind} flow", $"{ReportText.Flow(f)}; {f.Sizes} bytes" + (run.Scenario.Flows.Count > 1 ? $"; weight {Quantity.Digits(f.Weight)}" : "")]),
        .. run.Scenario.Targets.Select(t => (object[])["target", $"{t.Name}, {t.Framing}{(t.Tls is null ? "" : ", TLS")}"]),
        ["warm-up and drain", $"{Quantity.Duration(run.Scenario.Warmup.TotalSeconds)} and {Quantity.Duration(run.Scenario.Drain.TotalSeconds)}"],
        ["time-out", Quantity.Duration(run.Scenario.Timeout.TotalSeconds)],
        ["lost connections", run.Scenario.Reconnects ? "are opened again" : "stay closed"],
        ["seed", $"{run.Scenario.Seed}"],
    ]);

    /// <summary>The load tester and the machine.</summary>
    public static XElement Generator(RunResult run) => HtmlPage.Table("", [], (object[][])
    [
        ["load tester", $"OrleansEcho.LoadTest {ToolVersion.Of(run.Tool)}, {Quantity.Of(run.Generator.Workers, "process", "processes")}"],
        ["its processor time", $"{Quantity.Duration(run.Generator.CpuSeconds)}, {Quantity.Percent(run.Generator.CpuShare)} of the machine"],
        ["its memory", Quantity.Bytes(run.Generator.PeakMemory)],
        ["not sent, as no connection was open", Quantity.Of(run.Generator.Skipped, "message")],
        ["machine", $"{run.Machine.Processor}, {Quantity.Of(run.Machine.Processors, "processor")}, {Quantity.Bytes(run.Machine.Memory)}"],
        ["system", $"{run.Machine.System}, .NET {run.Machine.Runtime}"],
    ]);
}
