using System.Globalization;
using OrleansEcho.LoadTest.Reports;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>What the outputs of a history say in the same words.</summary>
internal static class HistoryText
{
    /// <summary>The headings of its columns.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["when (UTC)", "verdict", "seconds", .. ComparedFigure.All.Select(f => f.Name), "file", "version"];

    /// <summary>The cells of a run's row.</summary>
    public static IReadOnlyList<string> Cells(HistoryRun row) =>
    [
        Quantity.Day(row.Run.StartedAt), row.Run.Verdict.ToString().ToLowerInvariant(), row.Run.Seconds.ToString("0.#", CultureInfo.InvariantCulture),
        .. ComparedFigure.All.Select(f => f.OfRun(row.Run) is { } value ? f.Text(value) : "–"), row.File, row.Run.Tool,
    ];
}
