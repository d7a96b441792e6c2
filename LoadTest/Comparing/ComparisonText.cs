using System.Globalization;
using OrleansEcho.LoadTest.Reports;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>What the outputs of a comparison say in the same words.</summary>
internal static class ComparisonText
{
    /// <summary>The headings of its columns.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["figure", "A", "B", "change", "from … to", "B is better", "p", "verdict"];

    /// <summary>What the columns mean.</summary>
    public static string Legend(RunComparison comparison) =>
        (comparison.IsOfSeconds ? "A and B are the runs' own figures, and all else is about their seconds. " : "A and B are medians. ")
        + "The change is that of B beside A (median of the ratios of all pairs), with the interval that holds it in about 95 of 100 cases. "
        + "\"B is better\" says in how many pairs B is better than A. "
        + "p is the probability of such a difference, in any of the figures, where there is none in any "
        + "(Mann–Whitney, two-sided, corrected for the number of figures). "
        + $"A difference is told when p is {Number(FigureComparison.Significance)} or less and it is {Quantity.Percent(FigureComparison.Margin)} or more: "
        + "of twenty comparisons of what is the same, one tells of a difference.";

    /// <summary>What they mean where there is room for the first of them only.</summary>
    public static string ShortLegend(RunComparison comparison) =>
        (comparison.IsOfSeconds
            ? "A and B are the runs' own figures; the change is the median of the ratios of all pairs of their seconds. "
            : "A and B are medians; the change is the median of the ratios of all pairs. ")
        + $"It counts when it is {Quantity.Percent(FigureComparison.Margin)} or more and chance makes one like it, in any of the figures, "
        + "in a case of twenty or fewer. "
        + "Too noisy: neither a difference nor that there is none can be told.";

    /// <summary>The cells of a figure's row, without its verdict.</summary>
    public static IReadOnlyList<string> Cells(FigureComparison figure)
    {
        var isThere = figure.A.Count > 0 && figure.B.Count > 0;
        return
        [
            figure.Figure.Name,
            figure.A.Count > 0 ? figure.Figure.Text(figure.OwnA ?? figure.MedianA) : "–",
            figure.B.Count > 0 ? figure.Figure.Text(figure.OwnB ?? figure.MedianB) : "–",
            !isThere ? "–" : Change(figure, figure.Change, figure.Shift.Shift),
            !isThere || figure.A.Count * figure.B.Count is 1 ? "–" : $"{Change(figure, figure.ChangeInterval?.Low, figure.Shift.Low)} … {Change(figure, figure.ChangeInterval?.High, figure.Shift.High)}",
            !isThere ? "–" : $"{Math.Round(figure.Superiority * 100).ToString("0", CultureInfo.InvariantCulture)} %",
            !isThere ? "–" : figure.P < 0.001 ? "< 0.001" : Number(figure.P),
        ];
    }

    /// <summary>The runs of a side in a line.</summary>
    public static string Side(string name, IReadOnlyList<Results.RunResult> runs) => runs.Count is 0
        ? $"{name}: no run"
        : $"{name}: {Quantity.Of(runs.Count, "run")} of {string.Join(", ", runs.Select(r => r.Scenario.Name).Distinct())}, from {Quantity.Day(runs[0].StartedAt)} to {Quantity.Day(runs[^1].StartedAt)}";

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    // Of nothing there is no percentage.
    private static string Change(FigureComparison figure, double? share, double shift) =>
        share is { } there ? Quantity.Change(there) : shift is 0 ? "0" : $"{(shift > 0 ? '+' : '−')}{figure.Figure.Text(Math.Abs(shift))}";
}
