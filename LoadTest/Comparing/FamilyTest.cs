namespace OrleansEcho.LoadTest.Comparing;

/// <summary>
/// What chance makes of several figures at once. Nine figures that are the same look different by chance in more than one comparison of three, each tested by
/// itself: so each is held against the greatest difference of any figure, in every way to deal the runs to the two sides (Westfall and Young, Resampling-Based
/// Multiple Testing, 1993: maxT in one step). Figures that move together count as one there, which a correction by their number (Holm) would not see: with five
/// runs of each it could tell nothing any more. It is used where there are more ways than can be looked at, and so many samples that it costs little.
/// </summary>
internal static class FamilyTest
{
    // All ways of ten runs and ten are looked at in a moment.
    private const double MostWays = 200_000;

    /// <summary>The probability of each figure's difference, or of a greater one in any figure, where there is none in any.</summary>
    /// <param name="figures">Samples of both sides: a run's figures have the same index everywhere; null where a run has none.</param>
    public static double[] P(IReadOnlyList<(double?[] A, double?[] B)> figures)
    {
        if (figures.Count is 0) return [];
        var (a, b) = (figures[0].A.Length, figures[0].B.Length);
        var areRuns = figures.All(f => f.A.Length == a && f.B.Length == b);
        return areRuns && MannWhitney.Ways(a, b) <= MostWays ? MaxT(figures, a, b) : Holm(figures);
    }

    private static double[] MaxT(IReadOnlyList<(double?[] A, double?[] B)> figures, int a, int b)
    {
        var ranks = figures.Select(f => new RankedFigure([.. f.A, .. f.B])).ToArray();
        bool[] isB = [.. Enumerable.Range(0, a + b).Select(i => i >= a)];
        double[] observed = [.. ranks.Select(f => f.Distance(isB))];
        var (ways, reached) = (0L, new long[figures.Count]);
        Deal(new bool[a + b], 0, b);
        return [.. reached.Select(count => (double)count / ways)];

        void Deal(bool[] dealt, int from, int left)
        {
            if (left is 0)
            {
                ways++;
                var greatest = ranks.Max(f => f.Distance(dealt));
                for (var i = 0; i < reached.Length; i++) reached[i] += greatest >= observed[i] - 1e-9 ? 1 : 0;
                return;
            }

            for (var i = from; i <= dealt.Length - left; i++)
            {
                dealt[i] = true;
                Deal(dealt, i + 1, left - 1);
                dealt[i] = false;
            }
        }
    }

    // What can never be told apart is no test, and costs the others nothing.
    private static double[] Holm(IReadOnlyList<(double?[] A, double?[] B)> figures)
    {
        double[] alone = [.. figures.Select(f => MannWhitney.Test([.. f.A.OfType<double>()], [.. f.B.OfType<double>()]).P)];
        int[] order = [.. Enumerable.Range(0, alone.Length).Where(i => IsTest(figures[i])).OrderBy(i => alone[i])];
        var least = 0.0;
        for (var i = 0; i < order.Length; i++) alone[order[i]] = least = Math.Max(least, Math.Min(1, alone[order[i]] * (order.Length - i)));
        return alone;
    }

    private static bool IsTest((double?[] A, double?[] B) figure) =>
        MannWhitney.LeastP(figure.A.Count(v => v is not null), figure.B.Count(v => v is not null)) <= FigureComparison.Significance
        && figure.A.Concat(figure.B).OfType<double>().Distinct().Count() > 1;

    /// <summary>A figure's ranks, of which some side's sum is asked for again and again.</summary>
    private sealed class RankedFigure
    {
        // The middle of the ranks of all equal values, less the middle of all; null where a run has no value.
        private readonly double?[] _ranks;
        private readonly int _count;
        private readonly double _variance;

        public RankedFigure(double?[] values)
        {
            double[] there = [.. values.OfType<double>()];
            _count = there.Length;
            _ranks = [.. values.Select(v => v is { } value ? (there.Count(o => o < value) + there.Count(o => o <= value) - _count) / 2.0 : (double?)null)];
            _variance = _count > 1 ? _ranks.Sum(r => r * r ?? 0) / (_count - 1) : 0;
        }

        // How far the sum of a side is from what chance makes of it, in standard deviations.
        public double Distance(bool[] isB)
        {
            var (sum, b) = (0.0, 0);
            for (var i = 0; i < _ranks.Length; i++)
            {
                if (!isB[i] || _ranks[i] is not { } rank) continue;
                sum += rank;
                b++;
            }

            var variance = _count > 0 ? _variance * b * (_count - b) / _count : 0;
            return variance > 0 ? Math.Abs(sum) / Math.Sqrt(variance) : 0;
        }
    }
}
