using System.Xml.Linq;
using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Reports.Html;
using OrleansEcho.LoadTest.Reports.Plots;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>A history as one page: for each scenario a line of each figure, and a table of the runs, the newest first.</summary>
internal static class HistoryHtml
{
    /// <summary>Writes it.</summary>
    public static void Write(RunHistory history, TextWriter writer) => HtmlPage.Write(
        "Load tests",
        [
            Svg.E("header", Svg.E("h1", "Load tests"), HtmlPage.Remarks(history.Remarks, isLoud: true), history.Scenarios.Count is 0 ? Svg.E("p", "There is no run.") : null),
            .. history.Scenarios.Select(s => Scenario(s.Scenario, s.Runs)),
            Svg.E("footer", "This page needs no network."),
        ],
        writer);

    private static XElement Scenario(string name, IReadOnlyList<HistoryRun> runs) => Svg.E(
        "section",
        Svg.E("h2", name),
        Svg.E("dl", Svg.A("class", "tiles"), ComparedFigure.All.Select(f => Tile(f, [.. runs.Select(r => f.OfRun(r.Run)).OfType<double>()]))),
        Svg.E("p"),
        HtmlPage.Details(Quantity.Of(runs.Count, "run"), HtmlPage.Table(
            "",
            HistoryText.Headings,
            runs.Reverse().Select(r => (object[])[.. HistoryText.Cells(r).Select((c, i) => i is 1 ? (object)Svg.E("td", HtmlReport.Badge(r.Run.Verdict)) : c)]))));

    private static XElement? Tile(ComparedFigure figure, double[] values) => values.Length is 0 ? null : Svg.E(
        "div",
        Svg.A("class", "tile"),
        Svg.E("dt", figure.Name),
        Svg.E(
            "dd",
            figure.Text(values[^1]),
            Svg.E("small", values.Length < 2 || values[^2] is 0 ? "" : $"{Quantity.Change(values[^1] / values[^2] - 1)} since the run before"),
            Sparkline.ToSvg(values, $"{figure.Name} from run to run: {string.Join(", ", values.TakeLast(10).Select(figure.Text))}")));
}
