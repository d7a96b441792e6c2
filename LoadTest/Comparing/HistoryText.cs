using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>What the outputs of a history say in the same words.</summary>
internal static class HistoryText
{
    /// <summary>The headings of its columns.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["when (UTC)", "verdict", .. ComparedFigure.All.Select(f => f.Name), "version"];

    /// <summary>The cells of a run's row.</summary>
    public static IReadOnlyList<string> Cells(RunResult run) =>
    [
        Quantity.Day(run.StartedAt), run.Verdict.ToString().ToLowerInvariant(), .. ComparedFigure.All.Select(f => f.OfRun(run) is { } value ? f.Text(value) : "–"), run.Tool,
    ];
}
