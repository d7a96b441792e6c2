using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>Runs of A (what was) beside runs of B (what is now), figure by figure.</summary>
/// <param name="A">The runs of A, in order of time.</param>
/// <param name="B">The runs of B, in order of time.</param>
/// <param name="Figures">What can be said of each figure.</param>
/// <param name="Warnings">Why a reader should not believe it, a sentence each; the worst first.</param>
/// <param name="IsOfSeconds">Whether the samples are the seconds of one run each, instead of runs.</param>
internal sealed record RunComparison(
    IReadOnlyList<RunResult> A, IReadOnlyList<RunResult> B, IReadOnlyList<FigureComparison> Figures, IReadOnlyList<string> Warnings, bool IsOfSeconds)
{
    /// <summary>Compares. With one run each, their seconds are compared, which says less.</summary>
    public static RunComparison Compare(IReadOnlyList<RunResult> a, IReadOnlyList<RunResult> b)
    {
        var ofSeconds = a.Count is 1 && b.Count is 1;
        RunResult[] first = [.. a.OrderBy(r => r.StartedAt)];
        RunResult[] second = [.. b.OrderBy(r => r.StartedAt)];
        var samples = ComparedFigure.All.Select(f => (A: Samples(f, first, ofSeconds), B: Samples(f, second, ofSeconds))).ToArray();
        var p = FamilyTest.P(samples);
        double? Own(ComparedFigure figure, RunResult[] runs) => ofSeconds ? figure.OfRun(runs[0]) : null;
        var figures = ComparedFigure.All.Select((f, i) =>
            FigureComparison.Of(f, [.. samples[i].A.OfType<double>()], [.. samples[i].B.OfType<double>()], p[i]) with
            {
                OwnA = Own(f, first),
                OwnB = Own(f, second),
            });
        return new RunComparison(first, second, [.. figures], [.. ComparisonWarnings.Of(first, second, ofSeconds)], ofSeconds);
    }

    /// <summary>The verdict in a sentence.</summary>
    public string Summary()
    {
        var parts = Figures.GroupBy(f => f.Verdict).OrderBy(g => g.Key)
            .Select(g => $"{Text(g.Key)}: {string.Join(", ", g.Select(f => f.Figure.Name))}");
        return $"B beside A ({Quantity.Of(A.Count, "run")} of A, {Quantity.Of(B.Count, "run")} of B): {string.Join("; ", parts)}.";
    }

    /// <summary>A verdict in words.</summary>
    public static string Text(ComparisonVerdict verdict) => verdict switch
    {
        ComparisonVerdict.Better => "better",
        ComparisonVerdict.Worse => "worse",
        ComparisonVerdict.Same => "same",
        ComparisonVerdict.TooNoisy => "too noisy",
        _ => "too few runs",
    };

    // The last second may be short, and its rate a matter of rounding.
    private static double?[] Samples(ComparedFigure figure, RunResult[] runs, bool ofSeconds) => ofSeconds && figure.OfInterval is { } ofInterval
        ? [.. runs.SelectMany(r => r.Intervals).Where(i => i.Seconds >= 0.9).Select(ofInterval)]
        : [.. runs.Select(figure.OfRun)];
}
