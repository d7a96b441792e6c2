using OrleansEcho.LoadTest.Reports;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>A search as Markdown: the answer, and a table of its runs.</summary>
internal static class SearchMarkdown
{
    /// <summary>Writes it.</summary>
    public static void Write(SearchResult search, TextWriter writer)
    {
        writer.Write($"## Limit of {Markdown.Escape(search.Scenario.Name)}\n\n{Markdown.Escape(search.Summary)}\n\n");
        Markdown.Table(
            [.. SearchText.Headings(search).Select(Markdown.Escape)],
            search.Probes.Select(p => (IReadOnlyList<string>)[.. SearchText.Cells(p).Select(Markdown.Escape), Outcome(p)]),
            writer);
    }

    private static string Outcome(SearchProbe probe)
    {
        var text = Markdown.Escape(SearchText.Outcome(probe));
        return probe.Outcome is ProbeOutcome.Held ? text : $"**{text}**";
    }
}
