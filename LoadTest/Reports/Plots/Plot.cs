using System.Xml.Linq;

namespace OrleansEcho.LoadTest.Reports.Plots;

/// <summary>A plot as SVG, which takes its colours from the page's style sheet.</summary>
internal sealed record Plot
{
    // In the units of the drawing; the page makes it as wide as it has room.
    private const double Width = 560;
    private const double Height = 250;
    private const double Left = 58;
    private const double Top = 10;
    private const double Bottom = 30;
    private const double LetterWidth = 6.3;
    private const int LongestName = 18;
    private const double SignSize = 4;

    /// <summary>What it shows: for those who cannot see it.</summary>
    public required string Description { get; init; }

    /// <summary>The axis from left to right.</summary>
    public required PlotScale X { get; init; }

    /// <summary>The axis from bottom to top.</summary>
    public required PlotScale Y { get; init; }

    /// <summary>What is drawn, the first at the back.</summary>
    public required IReadOnlyList<PlotSeries> Series { get; init; }

    /// <summary>What is told when parts are pointed at.</summary>
    public IReadOnlyList<PlotTip> Tips { get; init; } = [];

    private double Right => Series.Any(s => s.Name.Length > 0) ? 26 + LetterWidth * Math.Min(LongestName, Series.Max(s => s.Name.Length)) : 24;

    /// <summary>Draws it.</summary>
    public XElement ToSvg() => Svg.E(
        "svg",
        Svg.A("viewBox", FormattableString.Invariant($"0 0 {Width} {Height}")),
        Svg.A("role", "img"),
        Svg.A("aria-label", Description),
        YAxis(),
        XAxis(),
        Series.Select(Mark),
        EndLabels(),
        Tips.Select(t => Svg.E(
            "rect",
            Svg.A("class", "band"),
            Svg.A("x", XOf(t.From)),
            Svg.A("y", Top),
            Svg.A("width", Math.Max(0.5, XOf(t.To) - XOf(t.From))),
            Svg.A("height", Height - Top - Bottom),
            Svg.A("data-tip", t.Text))));

    private double XOf(double value) => Left + X.At(value) * (Width - Left - Right);

    private double YOf(double value) => Height - Bottom - Y.At(value) * (Height - Top - Bottom);

    private IEnumerable<XElement> YAxis() => Y.Ticks.SelectMany(t => (XElement[])
    [
        Svg.Line(t.Value is 0 ? "axis" : t.Label.Length > 0 ? "grid" : "grid faint", Left, YOf(t.Value), Width - Right, YOf(t.Value)),
        .. t.Label.Length > 0 ? [Svg.Text("tick", Left - 8, YOf(t.Value) + 4, "end", t.Label)] : Array.Empty<XElement>(),
    ]);

    private IEnumerable<XElement> XAxis() =>
        X.Ticks.Where(t => t.Label.Length > 0).SelectMany(t => (XElement[])
        [
            Svg.Line("axis", XOf(t.Value), Height - Bottom, XOf(t.Value), Height - Bottom + 4),
            Svg.Text("tick", XOf(t.Value), Height - Bottom + 17, "middle", t.Label),
        ]).Append(Svg.Line("axis", Left, Height - Bottom, Width - Right, Height - Bottom));

    private XElement Mark(PlotSeries series) => Svg.E("g", Svg.A("class", series.Style), series.Mark switch
    {
        PlotMark.Bars => series.Points.Where(p => p.Y is > 0).Select(Bar),
        PlotMark.Area => (XElement[])[Svg.Path("fill", AreaPath(series.Points)), Svg.Path("line", LinePath(series.Points))],
        PlotMark.Dots or PlotMark.Crosses or PlotMark.Rings => series.Points.Where(p => p.Y is not null).Select(p => Sign(series.Mark, XOf(p.X), YOf(p.Y!.Value))),
        _ => [Svg.Path("line", LinePath(series.Points))],
    });

    private static XElement Sign(PlotMark mark, double x, double y) => mark is PlotMark.Crosses
        ? Svg.Path("line", $"M{Svg.Number(x - SignSize)} {Svg.Number(y - SignSize)}L{Svg.Number(x + SignSize)} {Svg.Number(y + SignSize)}M{Svg.Number(x - SignSize)} {Svg.Number(y + SignSize)}L{Svg.Number(x + SignSize)} {Svg.Number(y - SignSize)}")
        : Svg.E("circle", Svg.A("class", mark is PlotMark.Dots ? "dot" : "line"), Svg.A("cx", x), Svg.A("cy", y), Svg.A("r", SignSize));

    private XElement Bar(PlotPoint point)
    {
        var (x, end) = (XOf(point.X), XOf(point.X + point.Width));
        var gap = end - x > 4 ? 1 : 0;
        var top = Math.Min(YOf(point.Y!.Value), Height - Bottom - 1); // one of a million is to be seen, too
        return Svg.E("rect", Svg.A("class", "bar"), Svg.A("x", x), Svg.A("y", top), Svg.A("width", Math.Max(0.8, end - x - gap)), Svg.A("height", Height - Bottom - top));
    }

    private string LinePath(IReadOnlyList<PlotPoint> points)
    {
        var parts = new List<string>();
        var isOn = false;
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i].Y is not { } y)
            {
                isOn = false;
                continue;
            }

            parts.Add($"{(isOn ? 'L' : 'M')}{Svg.Number(XOf(points[i].X))} {Svg.Number(YOf(y))}");
            if (!isOn && (i + 1 == points.Count || points[i + 1].Y is null)) parts.Add("h0.01"); // one value alone is a dot
            isOn = true;
        }

        return string.Join("", parts);
    }

    private string AreaPath(IReadOnlyList<PlotPoint> points)
    {
        var there = points.Where(p => p.Y is not null).ToList();
        if (there.Count is 0) return "";
        var bottom = Svg.Number(Height - Bottom);
        return $"M{Svg.Number(XOf(there[0].X))} {bottom}{LinePath(there).Replace('M', 'L')}L{Svg.Number(XOf(there[^1].X))} {bottom}Z";
    }

    private IEnumerable<XElement> EndLabels()
    {
        var ends = Series.Where(s => s.Name.Length > 0)
            .Select(s => (Series: s, End: s.Points.LastOrDefault(p => p.Y is not null)))
            .Where(e => e.End.Y is not null)
            .Select(e => (e.Series, Y: YOf(e.End.Y!.Value)))
            .OrderBy(e => e.Y)
            .ToArray();
        var places = LabelPlaces.Apart([.. ends.Select(e => e.Y)], 13, Top + 4, Height - Bottom - 2);
        var x = Width - Right + 5;
        for (var i = 0; i < ends.Length; i++)
        {
            var name = ends[i].Series.Name;
            yield return Svg.E(
                "g",
                Svg.A("class", ends[i].Series.Style),
                Svg.Path("lead", $"M{Svg.Number(x - 3)} {Svg.Number(ends[i].Y)}L{Svg.Number(x + 4)} {Svg.Number(places[i])}h6"),
                Svg.Text("label", x + 13, places[i] + 4, "start", name.Length > LongestName ? name[..(LongestName - 1)] + "…" : name));
        }
    }
}
