using System.Globalization;
using System.Xml.Linq;
using OrleansEcho.LoadTest.Reports.Plots;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Reports.Html;

/// <summary>A run as one page that opens anywhere: verdict and remarks first, then figures, plots and tables.</summary>
internal static class HtmlReport
{
    /// <summary>Writes it.</summary>
    public static void Write(RunResult run, TextWriter writer) =>
        HtmlPage.Write($"{run.Scenario.Name} on {ReportText.Targets(run)}: {Name(run.Verdict)}", Body(run), writer);

    /// <summary>A verdict as it stands on badges.</summary>
    public static XElement Badge(Verdict verdict) => HtmlPage.Badge(verdict.ToString().ToLowerInvariant(), $"{(verdict is Verdict.Passed ? '✓' : verdict is Verdict.Failed ? '✗' : '!')} {Name(verdict)}");

    private static string Name(Verdict verdict) => verdict.ToString().ToLowerInvariant();

    private static IEnumerable<XElement> Body(RunResult run)
    {
        yield return Header(run);
        yield return Tiles(run);
        if (RunTables.Thresholds(run) is { } thresholds) yield return Section("Thresholds", Card(thresholds));
        yield return Section("Over time and altogether", Svg.E("div", Svg.A("class", "plots"), Figures(run)));
        yield return Section("Gateways", Card(RunTables.Targets(run)));
        yield return Section("Times", Card(RunTables.Times(run)));
        if (RunTables.Errors(run.Total) is { } errors) yield return Section("Errors", Card(errors));
        yield return Section(
            "Details",
            HtmlPage.Details("Second by second", RunTables.Seconds(run)),
            HtmlPage.Details("Scenario", RunTables.Scenario(run)),
            HtmlPage.Details("Load tester and machine", RunTables.Generator(run)));
        yield return Svg.E(
            "footer",
            $"Made by OrleansEcho.LoadTest {ToolVersion.Of(run.Tool)}. This page needs no network. "
            + "The whole run, histograms included, is in the file that --json writes.");
    }

    private static XElement Header(RunResult run) => Svg.E(
        "header",
        Svg.E(
            "div",
            Svg.A("class", "head"),
            Svg.E("h1", run.Scenario.Name),
            Svg.E("span", Svg.A("class", "where"), $"on {ReportText.Targets(run)}"),
            Badge(run.Verdict)),
        Svg.E("p", ReportText.Meaning(run)),
        Svg.E(
            "p",
            Svg.A("class", "meta"),
            string.Join(
                " · ",
                run.StartedAt.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
                Quantity.Duration(run.Seconds),
                $"{run.Machine.Processor}, {Quantity.Of(run.Machine.Processors, "processor")}",
                run.Machine.System)),
        HtmlPage.Remarks(run.Remarks));

    private static XElement Tiles(RunResult run)
    {
        var (total, errors) = (run.Total, run.Total.Errors.Values.Sum());
        var bytes = run.Seconds > 0 ? total.Bytes / run.Seconds : 0;
        return Svg.E(
            "dl",
            Svg.A("class", "tiles"),
            Tile("messages/s", Quantity.Rate(total.MessagesPerSecond), $"{Quantity.Count(total.Messages)} messages, {Quantity.Bytes(bytes)}/s"),
            Tile("p50", ReportText.Time(total.Latency, l => l.P50), $"mean {ReportText.Time(total.Latency, l => l.Mean)}"),
            Tile("p99", ReportText.Time(total.Latency, l => l.P99), $"p99.9 {ReportText.Time(total.Latency, l => l.P999)}"),
            Tile("longest", ReportText.Time(total.Latency, l => l.Max), $"p99.99 {ReportText.Time(total.Latency, l => l.P9999)}"),
            Tile("connections", Quantity.Count(total.ConnectionsOpen), ReportText.Connections(total)),
            Tile("errors", Quantity.Count(errors), errors is 0 ? "no connection failed" : "connections failed", errors > 0),
            Tile(
                "wrong messages",
                Quantity.Count(total.Integrity.Faults),
                total.Integrity.Faults is 0 ? "every echo was compared" : ReportText.Integrity(total.Integrity),
                total.Integrity.Faults > 0));
    }

    private static XElement Tile(string name, string value, string more, bool isOff = false) =>
        Svg.E("div", Svg.A("class", isOff ? "tile off" : "tile"), Svg.E("dt", name), Svg.E("dd", value, Svg.E("small", more)));

    private static IEnumerable<XElement> Figures(RunResult run)
    {
        var plots = new RunPlots(run);
        var isCounted = run.Intervals.Count > 0;
        yield return Figure("Messages a second", "", isCounted ? plots.Rate() : null, "No second was counted.");
        yield return Figure("Latency", "logarithmic", isCounted ? plots.Latency() : null, "No second was counted.");
        yield return Figure("How long messages took", "share of messages", plots.Histogram(), "No message came back.");
        yield return Figure("Latency by percentile", "percent, each nine as wide as the one before", plots.Percentiles(), "No message came back.");
        yield return Figure("Open connections", "", isCounted ? plots.Connections() : null, "No second was counted.");
        if (plots.Errors() is { } errors) yield return Figure("Errors", "connections that failed, and messages that were wrong", errors, "");
        if (run.Targets.Count > 1 && isCounted) yield return Figure("Messages a second by gateway", "", plots.Targets(), "");
    }

    private static XElement Figure(string title, string more, Plot? plot, string instead) => Svg.E(
        "figure",
        Svg.E("figcaption", title, more.Length > 0 ? Svg.E("span", $" · {more}") : null),
        plot is null ? Svg.E("p", Svg.A("class", "quiet"), instead) : plot.ToSvg());

    private static XElement Section(string title, params object[] content) => Svg.E("section", Svg.E("h2", title), content);

    private static XElement Card(XElement content) => Svg.E("div", Svg.A("class", "card"), content);
}
