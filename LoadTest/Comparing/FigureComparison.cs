namespace OrleansEcho.LoadTest.Comparing;

/// <summary>One figure of A beside the same of B.</summary>
internal sealed record FigureComparison
{
    /// <summary>A difference is told when chance makes one as great in one case of twenty.</summary>
    public const double Significance = 0.05;

    /// <summary>A difference of less than this share does not matter: repeated runs on a machine of one's own differ by as much.</summary>
    public const double Margin = 0.03;

    /// <summary>What was compared.</summary>
    public required ComparedFigure Figure { get; init; }

    /// <summary>The values of A, one a run, or one a second.</summary>
    public required IReadOnlyList<double> A { get; init; }

    /// <summary>The values of B.</summary>
    public required IReadOnlyList<double> B { get; init; }

    /// <summary>By how much B lies above A, in the figure's own unit.</summary>
    public required ShiftEstimate Shift { get; init; }

    /// <summary>By how many times B lies above A, as logarithms: so no share is below -100 %. Null where a value is 0.</summary>
    public required ShiftEstimate? Ratio { get; init; }

    /// <summary>The figure of the only run of A, where its seconds are compared.</summary>
    public double? OwnA { get; init; }

    /// <summary>The figure of the only run of B, where its seconds are compared.</summary>
    public double? OwnB { get; init; }

    /// <summary>How likely a difference such as this in any of the figures is where there is none, from 0 to 1.</summary>
    public required double P { get; init; }

    /// <summary>How likely it is that a run of B has the better figure than a run of A, from 0 to 1; 0.5 for no difference.</summary>
    public required double Superiority { get; init; }

    /// <summary>What can be said.</summary>
    public required ComparisonVerdict Verdict { get; init; }

    /// <summary>The median of A.</summary>
    public double MedianA => ShiftEstimate.Median(A);

    /// <summary>The median of B.</summary>
    public double MedianB => ShiftEstimate.Median(B);

    /// <summary>The change from A to B as a share of A; null where a value is 0.</summary>
    public double? Change => Ratio is { } ratio ? Math.Exp(ratio.Shift) - 1 : null;

    /// <summary>The interval of <see cref="Change"/>.</summary>
    public (double Low, double High)? ChangeInterval => Ratio is { } ratio ? (Math.Exp(ratio.Low) - 1, Math.Exp(ratio.High) - 1) : null;

    /// <summary>Compares.</summary>
    /// <param name="figure">What is compared.</param>
    /// <param name="a">The values of A.</param>
    /// <param name="b">The values of B.</param>
    /// <param name="p">How likely such a difference is by chance.</param>
    public static FigureComparison Of(ComparedFigure figure, IReadOnlyList<double> a, IReadOnlyList<double> b, double p)
    {
        var (u, _) = MannWhitney.Test(a, b);
        var above = a.Count is 0 || b.Count is 0 ? 0.5 : u / ((double)a.Count * b.Count);
        var comparison = new FigureComparison
        {
            Figure = figure,
            A = a,
            B = b,
            Shift = ShiftEstimate.Of(a, b),
            Ratio = a.Count > 0 && b.Count > 0 && a.Concat(b).All(v => v > 0)
                ? ShiftEstimate.Of([.. a.Select(v => Math.Log(v))], [.. b.Select(v => Math.Log(v))])
                : null,
            P = p,
            Superiority = figure.IsMoreBetter ? above : 1 - above,
            Verdict = ComparisonVerdict.TooFew,
        };
        return comparison with { Verdict = comparison.Decide() };
    }

    private ComparisonVerdict Decide()
    {
        if (A.Count is 0 || B.Count is 0) return ComparisonVerdict.TooFew;
        if (A.Concat(B).Distinct().Count() is 1) return ComparisonVerdict.Same; // no error here and no error there
        if (MannWhitney.LeastP(A.Count, B.Count) > Significance) return ComparisonVerdict.TooFew;
        var (shift, margin) = Ratio is { } ratio ? (ratio, Math.Log(1 + Margin)) : (Shift, Math.Abs(MedianA) * Margin);
        if (P <= Significance && Math.Abs(shift.Shift) >= margin && shift.Shift is not 0)
        {
            return shift.Shift > 0 == Figure.IsMoreBetter ? ComparisonVerdict.Better : ComparisonVerdict.Worse;
        }

        return shift.Low >= -margin && shift.High <= margin ? ComparisonVerdict.Same : ComparisonVerdict.TooNoisy;
    }
}
