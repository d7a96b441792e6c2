using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.LoadTest.Reports;

/// <summary>Markdown as GitHub has it.</summary>
internal static class Markdown
{
    /// <summary>A text that is nothing but a text: names come from people.</summary>
    public static string Escape(string text) =>
        string.Concat(Shown.Text(string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)))
            .Select(c => @"\`*_{}[]<>#|~&!".Contains(c, StringComparison.Ordinal) ? $"\\{c}" : $"{c}"));

    /// <summary>A table; cells are Markdown already but for their bars.</summary>
    public static void Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows, TextWriter writer)
    {
        static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";
        writer.Write(Row(headings));
        writer.Write($"|{string.Concat(headings.Select((_, i) => i is 0 ? "---|" : "---:|"))}\n");
        foreach (var row in rows) writer.Write(Row(row));
    }
}
