using System.Xml.Linq;
using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Reports.Html;
using OrleansEcho.LoadTest.Reports.Plots;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>A search as one page that needs nothing else: the answer, latency at each value, and all runs.</summary>
internal static class SearchHtml
{
    private static readonly (string Name, string Style, Func<LatencyFigures, double> Of)[] Percentiles =
        [("p99.9", "p999", l => l.P999), ("p99", "p99", l => l.P99), ("p90", "p90", l => l.P90), ("p50", "p50", l => l.P50)];

    /// <summary>Writes it.</summary>
    public static void Write(SearchResult search, TextWriter writer)
    {
        var title = $"Limit of {search.Scenario.Name}";
        HtmlPage.Write(
            title,
            [
                Svg.E(
                    "header",
                    Svg.E("div", Svg.A("class", "head"), Svg.E("h1", title), Badge(search.Verdict)),
                    Svg.E("p", search.Summary),
                    Svg.E("p", Svg.A("class", "meta"), $"{Quantity.Day(search.StartedAt)} UTC · {Quantity.Of(search.Probes.Count, "run")} of {Quantity.Duration(search.Scenario.Duration.TotalSeconds)} · {search.Machine.Processor}, {Quantity.Of(search.Machine.Processors, "processor")} · {search.Machine.System}")),
                Svg.E(
                    "section",
                    Svg.E("h2", search.Of is SearchedValue.Rate ? "Latency by messages a second" : "Latency by connections"),
                    Svg.E(
                        "figure",
                        Svg.E("figcaption", "A dot held, a cross did not, a ring is invalid", Svg.E("span", " · both axes are logarithmic; of several runs at a value the lines show the worst")),
                        PlotOf(search)?.ToSvg() ?? Svg.E("p", Svg.A("class", "quiet"), "No message came back in any run."))),
                Svg.E("section", Svg.E("h2", "Runs"), Svg.E("div", Svg.A("class", "card"), HtmlPage.Table(
                    "",
                    SearchText.Headings(search),
                    search.Probes.Select(p => (object[])[.. SearchText.Cells(p), Outcome(p)])))),
                Svg.E("footer", $"{search.Tool}. This page needs no network."),
            ],
            writer);
    }

    private static Plot? PlotOf(SearchResult search)
    {
        var probes = search.Probes.Where(p => p.Latency.Count > 0).ToList();
        if (probes.Count is 0) return null;
        var values = probes.GroupBy(p => p.Value).OrderBy(g => g.Key).ToList();
        return new Plot
        {
            Description = $"Latency at each value that was tried, on a logarithmic scale. {search.Summary}",
            X = PlotScale.Log(values[0].Key, values[^1].Key, Quantity.Short),
            Y = PlotScale.LogTime(probes.Min(p => p.Latency.P50), probes.Max(p => p.Latency.P999)),
            Series =
            [
                .. Percentiles.Select(part => new PlotSeries(part.Name, part.Style, [.. values.Select(g => new PlotPoint(g.Key, g.Max(p => part.Of(p.Latency))))])),
                Marks("held", PlotMark.Dots, ProbeOutcome.Held),
                Marks("wrong", PlotMark.Crosses, ProbeOutcome.Broke),
                Marks("unsure", PlotMark.Rings, ProbeOutcome.Invalid),
            ],
            Tips = [.. values.Select((g, i) => new PlotTip(Between(i - 1), Between(i), $"{SearchText.Value(search.Of, g.Key)}\n{string.Join('\n', g.Select(p => $"{SearchText.Word(p.Outcome)}: p50 {Quantity.Time(p.Latency.P50)}, p99 {Quantity.Time(p.Latency.P99)}"))}"))],
        };

        PlotSeries Marks(string style, PlotMark mark, ProbeOutcome outcome) =>
            new("", style, [.. probes.Where(p => p.Outcome == outcome).Select(p => new PlotPoint(p.Value, p.Latency.P99))], mark);

        double Between(int i) => i < 0 ? 0 : i + 1 == values.Count ? values[i].Key * 1.05 : Math.Sqrt((double)values[i].Key * values[i + 1].Key);
    }

    private static XElement Outcome(SearchProbe probe) => Svg.E("td", Svg.A("class", probe.Outcome is ProbeOutcome.Held ? "fine" : probe.Outcome is ProbeOutcome.Broke ? "flag" : ""), SearchText.Outcome(probe));

    private static XElement Badge(SearchVerdict verdict) => verdict switch
    {
        SearchVerdict.Found => HtmlPage.Badge("passed", "found"),
        SearchVerdict.AtLeast => HtmlPage.Badge("passed", "at least"),
        SearchVerdict.NothingHolds => HtmlPage.Badge("failed", "nothing holds"),
        SearchVerdict.LoadTesterEnds => HtmlPage.Badge("invalid", "the load tester ends"),
        _ => HtmlPage.Badge("interrupted", "interrupted"),
    };
}
