using System.Globalization;
using System.Xml.Linq;

namespace OrleansEcho.LoadTest.Reports.Plots;

/// <summary>Elements of drawings and pages, with numbers short and in one culture.</summary>
internal static class Svg
{
    /// <summary>An element.</summary>
    public static XElement E(string name, params object?[] content) => new(name, content);

    /// <summary>An attribute.</summary>
    public static XAttribute A(string name, string value) => new(name, value);

    /// <summary>An attribute of a number.</summary>
    public static XAttribute A(string name, double value) => new(name, Number(value));

    /// <summary>A number to a tenth of a unit, which nobody sees.</summary>
    public static string Number(double value) => Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A line.</summary>
    public static XElement Line(string style, double x1, double y1, double x2, double y2) =>
        E("line", A("class", style), A("x1", x1), A("y1", y1), A("x2", x2), A("y2", y2));

    /// <summary>A path.</summary>
    public static XElement Path(string style, string d) => E("path", A("class", style), A("d", d));

    /// <summary>A text.</summary>
    public static XElement Text(string style, double x, double y, string anchor, string text) =>
        E("text", A("class", style), A("x", x), A("y", y), A("text-anchor", anchor), text);
}
