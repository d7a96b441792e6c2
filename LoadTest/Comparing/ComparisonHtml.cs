using OrleansEcho.LoadTest.Reports.Html;
using OrleansEcho.LoadTest.Reports.Plots;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>A comparison as one page that needs nothing else.</summary>
internal static class ComparisonHtml
{
    /// <summary>Writes it.</summary>
    public static void Write(RunComparison comparison, TextWriter writer) => HtmlPage.Write(
        "Load test: B beside A",
        [
            Svg.E(
                "header",
                Svg.E("h1", "Load test: B beside A"),
                Svg.E("p", comparison.Summary()),
                Svg.E("p", Svg.A("class", "meta"), ComparisonText.Side("A", comparison.A)),
                Svg.E("p", Svg.A("class", "meta"), ComparisonText.Side("B", comparison.B)),
                HtmlPage.Remarks(comparison.Warnings, isLoud: true)),
            Svg.E("section", Svg.E("h2", "Figures"), Svg.E("div", Svg.A("class", "card"), HtmlPage.Table(
                "",
                ComparisonText.Headings,
                comparison.Figures.Select(f => (object[])[.. ComparisonText.Cells(f), Svg.E("td", HtmlPage.Badge(Style(f.Verdict), RunComparison.Text(f.Verdict)))])))),
            Svg.E("p", Svg.A("class", "meta"), ComparisonText.Legend(comparison)),
            Svg.E("section", Svg.E("h2", comparison.IsOfSeconds ? "Seconds" : "Runs"), Svg.E("div", Svg.A("class", "plots"), comparison.Figures.Where(f => f.A.Count > 0 && f.B.Count > 0 && f.A.Concat(f.B).Distinct().Count() > 1).Select(f => Svg.E(
                "figure",
                Svg.E("figcaption", f.Figure.Name, Svg.E("span", f.Figure.IsMoreBetter ? " · more is better" : " · less is better")),
                DotPlot.ToSvg([("A", "s0", f.A), ("B", "s1", f.B)], f.Figure.Text, $"{f.Figure.Name} of each: {string.Join(", ", ComparisonText.Cells(f).Skip(1).Take(3))}."))))),
            Svg.E("footer", "This page needs no network."),
        ],
        writer);

    private static string Style(ComparisonVerdict verdict) => verdict switch
    {
        ComparisonVerdict.Better => "better",
        ComparisonVerdict.Worse => "worse",
        ComparisonVerdict.Same => "same",
        ComparisonVerdict.TooNoisy => "noisy",
        _ => "few",
    };
}
