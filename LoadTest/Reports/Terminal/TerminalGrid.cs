using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrleansEcho.LoadTest.Reports.Terminal;

/// <summary>Rows of cells without lines, as wide as what is in them. What there is no room for is cut off: a figure in two lines is none.</summary>
/// <param name="rightAligned">Whether all but the first column stand at the right.</param>
/// <param name="rows">As many cells each, of a line.</param>
internal sealed class TerminalGrid(bool rightAligned, IReadOnlyList<IReadOnlyList<IRenderable>> rows) : Renderable
{
    // No line is longer than this before it is cut.
    private const int Endless = 10_000;

    private const string Gap = "  ";

    /// <inheritdoc/>
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        Segment[][][] cells = [.. rows.Select(row => row.Select(cell => cell.Render(options, Endless).Where(s => !s.IsLineBreak).ToArray()).ToArray())];
        if (cells.Length is 0) yield break;
        int[] widths = [.. cells[0].Select((_, column) => cells.Max(row => Width(row[column])))];
        foreach (var row in cells)
        {
            var room = maxWidth;
            foreach (var segment in Line(row, widths))
            {
                var width = segment.CellCount();
                if (width > room)
                {
                    if (room > 0) yield return new Segment(Cut(segment.Text, room - 1) + "…", segment.Style);
                    break;
                }

                room -= width;
                yield return segment;
            }

            yield return Segment.LineBreak;
        }
    }

    private static int Width(Segment[] cell) => cell.Sum(s => s.CellCount());

    private static string Cut(string text, int room)
    {
        var start = "";
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext() && new Segment(start + elements.GetTextElement()).CellCount() <= room) start += elements.GetTextElement();
        return start;
    }

    private IEnumerable<Segment> Line(Segment[][] row, int[] widths)
    {
        for (var column = 0; column < row.Length; column++)
        {
            yield return new Segment(Gap);
            var missing = new string(' ', widths[column] - Width(row[column]));
            var isRight = rightAligned && column > 0;
            if (isRight && missing.Length > 0) yield return new Segment(missing);
            foreach (var segment in row[column]) yield return segment;
            if (!isRight && missing.Length > 0 && column < row.Length - 1) yield return new Segment(missing);
        }
    }
}
