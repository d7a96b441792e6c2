using System.Xml;
using System.Xml.Linq;
using OrleansEcho.LoadTest.Reports.Plots;

namespace OrleansEcho.LoadTest.Reports.Html;

/// <summary>A page that needs nothing but itself: no network, no file beside it.</summary>
internal static class HtmlPage
{
    // What HTML closes by itself; everything else needs its end, even with nothing in it.
    private static readonly HashSet<string> Void = ["meta", "br", "line", "path", "rect", "circle"];

    // More columns than these do not fit beside each other on a telephone.
    private const int MostAbreast = 3;

    /// <summary>Writes a page.</summary>
    /// <param name="title">What the window is called.</param>
    /// <param name="body">What is on it.</param>
    /// <param name="writer">Where to.</param>
    public static void Write(string title, IEnumerable<XElement> body, TextWriter writer)
    {
        var page = Svg.E(
            "html",
            Svg.A("lang", "en"),
            Svg.E(
                "head",
                Svg.E("meta", Svg.A("charset", "utf-8")),
                Svg.E("meta", Svg.A("name", "viewport"), Svg.A("content", "width=device-width, initial-scale=1")),
                Svg.E("title", title),
                Svg.E("style", PageStyle.Css)),
            Svg.E("body", Svg.E("main", body), Svg.E("div", Svg.A("id", "tip"), Svg.A("aria-hidden", "true")), Svg.E("script", PageStyle.Script)));
        XmlText.Clean(page);
        foreach (var element in page.Descendants().Where(e => e.IsEmpty && !Void.Contains(e.Name.LocalName))) element.Value = "";
        writer.Write("<!DOCTYPE html>\n");
        using (var xml = XmlWriter.Create(writer, new XmlWriterSettings { OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.None, CloseOutput = false })) page.Save(xml);
        writer.Write('\n');
    }

    /// <summary>
    /// A table. Cells that begin with a digit or a sign stand at the right. Where the page is narrow, a row of many cells becomes a list of them, each with
    /// its heading.
    /// </summary>
    /// <param name="caption">What it is about; empty where a heading says so.</param>
    /// <param name="headings">Those of the columns.</param>
    /// <param name="rows">Texts, or elements that take the place of a cell.</param>
    public static XElement Table(string caption, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<object>> rows)
    {
        var all = rows.ToList();
        bool IsRight(int column) => column > 0 && all.Any(r => IsNumber(r[column])) && all.All(r => r[column] is XElement || IsNumber(r[column]) || r[column] is "" or "–");
        XAttribute? Side(int column) => IsRight(column) ? Svg.A("class", "n") : null;
        XElement Cell(object cell, int column)
        {
            var made = cell as XElement ?? (column is 0 ? Svg.E("th", Svg.A("scope", "row"), cell) : Svg.E("td", Side(column), cell));
            if (column > 0 && headings.Count > MostAbreast) made.SetAttributeValue("data-of", headings[column]);
            return made;
        }

        return Svg.E("div", Svg.A("class", "scroll"), Svg.E(
            "table",
            headings.Count > MostAbreast ? Svg.A("class", "wide") : null,
            caption.Length > 0 ? Svg.E("caption", caption) : null,
            headings.Count > 0 ? Svg.E("thead", Svg.E("tr", headings.Select((h, i) => Svg.E("th", Svg.A("scope", "col"), Side(i), h)))) : null,
            Svg.E("tbody", all.Select(r => Svg.E("tr", r.Select(Cell))))));
    }

    /// <summary>A line of remarks each, or nothing.</summary>
    public static XElement? Remarks(IReadOnlyList<string> remarks, bool isLoud = false) =>
        remarks.Count is 0 ? null : Svg.E("ul", Svg.A("class", isLoud ? "remarks loud" : "remarks"), remarks.Select(r => Svg.E("li", r)));

    /// <summary>What a run or a figure came to, as a badge.</summary>
    public static XElement Badge(string style, string text) => Svg.E("span", Svg.A("class", $"badge {style}"), text);

    /// <summary>What can be opened.</summary>
    public static XElement Details(string summary, params object?[] content) => Svg.E("details", Svg.E("summary", summary), content);

    private static bool IsNumber(object cell) => cell is string { Length: > 0 } text && (char.IsAsciiDigit(text[0]) || text[0] is '+' or '−' or '-');
}
