using OrleansEcho.LoadTest.Reports;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>A comparison as Markdown, for pull requests.</summary>
internal static class ComparisonMarkdown
{
    /// <summary>Writes it.</summary>
    public static void Write(RunComparison comparison, TextWriter writer)
    {
        writer.Write($"## Load test: {Markdown.Escape(comparison.Summary())}\n\n");
        foreach (var warning in comparison.Warnings) writer.Write($"> **Note:** {Markdown.Escape(warning)}\n>\n");
        if (comparison.Warnings.Count > 0) writer.Write('\n');
        writer.Write($"{Markdown.Escape(ComparisonText.Side("A", comparison.A))}  \n{Markdown.Escape(ComparisonText.Side("B", comparison.B))}\n\n");
        Markdown.Table(
            ComparisonText.Headings,
            comparison.Figures.Select(f => (IReadOnlyList<string>)[.. ComparisonText.Cells(f), f.Verdict switch
            {
                ComparisonVerdict.Better or ComparisonVerdict.Worse => $"**{RunComparison.Text(f.Verdict)}**",
                _ => RunComparison.Text(f.Verdict),
            }]),
            writer);
        writer.Write($"\n{ComparisonText.Legend(comparison)}\n");
    }
}
