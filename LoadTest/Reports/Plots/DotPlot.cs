using System.Xml.Linq;

namespace OrleansEcho.LoadTest.Reports.Plots;

/// <summary>Values as dots in rows, a row for each side, with a stroke at each median: how far the sides are apart, and how far their own values.</summary>
internal static class DotPlot
{
    private const double Width = 560;
    private const double Left = 34;
    private const double Right = 24;
    private const double RowHeight = 38;
    private const int TickCount = 4;

    /// <summary>Draws it.</summary>
    public static XElement ToSvg(IReadOnlyList<(string Name, string Style, IReadOnlyList<double> Values)> rows, Func<double, string> text, string description)
    {
        var (low, high) = (rows.Min(r => r.Values.Min()), rows.Max(r => r.Values.Max()));
        var span = high > low ? high - low : Math.Max(Math.Abs(high), 1) * 0.1;
        if (high <= low) (low, high) = (low - span / 2, high + span / 2);
        double X(double value) => Left + (value - low) / (high - low) * (Width - Left - Right);
        var bottom = rows.Count * RowHeight + 4;
        return Svg.E(
            "svg",
            Svg.A("viewBox", FormattableString.Invariant($"0 0 {Width} {bottom + 22}")),
            Svg.A("role", "img"),
            Svg.A("aria-label", description),
            Svg.Line("axis", Left, bottom, Width - Right, bottom),
            Enumerable.Range(0, TickCount + 1).Select(i => low + i * (high - low) / TickCount).DistinctBy(text).Where(v => low >= 0 || v >= 0).Select(v => (XElement[])
            [
                Svg.Line("grid", X(v), 4, X(v), bottom),
                Svg.Text("tick", X(v), bottom + 17, "middle", text(v)),
            ]),
            rows.Select((row, i) => Row(row.Name, row.Style, row.Values, i * RowHeight + RowHeight / 2 + 2, X)));
    }

    private static XElement Row(string name, string style, IReadOnlyList<double> values, double y, Func<double, double> x)
    {
        double[] sorted = [.. values.Order()];
        var median = x((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2);
        return Svg.E(
            "g",
            Svg.A("class", style),
            Svg.Text("label", 6, y + 4, "start", name),
            Svg.Line("line", median, y - 15, median, y + 15),
            values.Select((v, i) => Svg.E("circle", Svg.A("class", "bar"), Svg.A("cx", x(v)), Svg.A("cy", y + (i % 5 - 2) * 4), Svg.A("r", 4)))); // apart, where they are the same
    }
}
