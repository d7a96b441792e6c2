using System.Xml.Linq;

namespace OrleansEcho.LoadTest.Reports.Plots;

/// <summary>A small line without axes that shows which way a figure goes.</summary>
internal static class Sparkline
{
    private const double Width = 160;
    private const double Height = 34;
    private const double Edge = 4;

    /// <summary>Draws values from left to right, with a dot at the last; 0 is at the bottom only where values come near it.</summary>
    public static XElement ToSvg(IReadOnlyList<double> values, string description)
    {
        var (low, high) = values.Count is 0 ? (0.0, 1.0) : (values.Min(), values.Max());
        if (low < (high - low) * 2) low = Math.Min(low, 0);
        double X(int i) => values.Count < 2 ? Width / 2 : Edge + i * (Width - 2 * Edge) / (values.Count - 1);
        double Y(double value) => high - low <= 0 ? Height / 2 : Height - Edge - (value - low) / (high - low) * (Height - 2 * Edge);
        return Svg.E(
            "svg",
            Svg.A("viewBox", FormattableString.Invariant($"0 0 {Width} {Height}")),
            Svg.A("class", "spark"),
            Svg.A("role", "img"),
            Svg.A("aria-label", description),
            Svg.E(
                "g",
                Svg.A("class", "s0"),
                Svg.Path("line", string.Concat(values.Select((v, i) => $"{(i is 0 ? 'M' : 'L')}{Svg.Number(X(i))} {Svg.Number(Y(v))}"))),
                values.Count is 0 ? null : Svg.E("circle", Svg.A("class", "dot"), Svg.A("cx", X(values.Count - 1)), Svg.A("cy", Y(values[^1])), Svg.A("r", 3))));
    }
}
