using Spectre.Console;
using Spectre.Console.Rendering;
using static OrleansEcho.LoadTest.Reports.Terminal.TerminalText;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>A comparison in the terminal.</summary>
internal static class ComparisonView
{
    // What is left out where there is no room: the interval and p; the verdict is made of them.
    private const int Narrow = 100;

    /// <summary>Writes it, as wide as the terminal is.</summary>
    public static void Write(RunComparison comparison, IAnsiConsole console)
    {
        console.WriteLine();
        console.Line(Of(comparison.Summary(), Strong));
        console.WriteLine();
        foreach (var warning in comparison.Warnings) console.Line(Of(warning, Bad));
        if (comparison.Warnings.Count > 0) console.WriteLine();
        console.Line(Of(ComparisonText.Side("A", comparison.A), Soft));
        console.Line(Of(ComparisonText.Side("B", comparison.B), Soft));
        console.WriteLine();
        var isNarrow = console.Profile.Width < Narrow;
        int[] columns = isNarrow ? [0, 1, 2, 3] : [0, 1, 2, 3, 4, 5, 6];
        console.Write(Grid(
            rightAligned: true,
            [
                [.. columns.Select(c => Of(ComparisonText.Headings[c], Soft)), Of(ComparisonText.Headings[^1], Soft)],
                .. comparison.Figures.Select(f => (IReadOnlyList<IRenderable>)[.. columns.Select(c => Of(ComparisonText.Cells(f)[c])), Of(RunComparison.Text(f.Verdict), StyleOf(f.Verdict))]),
            ]));
        console.WriteLine();
        console.Line(Of(isNarrow ? ComparisonText.ShortLegend(comparison) : ComparisonText.Legend(comparison), Soft));
    }

    private static Style StyleOf(ComparisonVerdict verdict) => verdict switch
    {
        ComparisonVerdict.Better => Good,
        ComparisonVerdict.Worse => Bad,
        ComparisonVerdict.Same => Plain,
        _ => Warn,
    };
}
