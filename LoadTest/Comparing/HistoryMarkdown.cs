using OrleansEcho.LoadTest.Reports;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>A history as Markdown: a table for each scenario, a line for each run.</summary>
internal static class HistoryMarkdown
{
    /// <summary>Writes it.</summary>
    public static void Write(RunHistory history, TextWriter writer)
    {
        writer.Write("# Load tests\n");
        foreach (var remark in history.Remarks) writer.Write($"\n> {Markdown.Escape(remark)}\n");
        if (history.Scenarios.Count is 0) writer.Write("\nThere is no run.\n");
        foreach (var (scenario, runs) in history.Scenarios)
        {
            writer.Write($"\n## {Markdown.Escape(scenario)}\n\n");
            Markdown.Table(HistoryText.Headings, runs.Select(r => (IReadOnlyList<string>)[.. HistoryText.Cells(r).Select(Markdown.Escape)]), writer);
        }
    }
}
