using CsCheck;
using OrleansEcho.LoadTest.Comparing;

namespace OrleansEcho.LoadTest.Tests.Comparing;

public sealed class MannWhitneyTests
{
    // Few values, so that ties are the rule.
    private static readonly Gen<double[]> Tied = Gen.Int[0, 6].Select(i => (double)i).Array[1, 6];

    // Hollander and Wolfe, Nonparametric Statistical Methods (1973), p. 69: permeability constants of the human chorioamnion, as in R's ?wilcox.test;
    // R: wilcox.test(x, y) is exact, W = 35, p = 0.2544 (one-sided greater: 0.1272).
    private static readonly double[] AtTerm = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    private static readonly double[] Earlier = [1.15, 0.88, 0.90, 0.74, 1.21];

    [Fact]
    public void AgreesWithPublishedValues()
    {
        var (u, p) = MannWhitney.Test(Earlier, AtTerm);
        Assert.Equal(35, u);
        Assert.Equal(0.2544, p, 1e-4);

        // The table of critical values: at 5 %, two-sided, U = 2 of 5 and 5 is significant, and 3 is not.
        Assert.Equal(2 / 252.0, MannWhitney.Test([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]).P, 1e-12);
        Assert.Equal(8 / 252.0, MannWhitney.Test([1, 2, 3, 4, 7], [5, 6, 8, 9, 10]).P, 1e-12); // U = 2 of the other side
        Assert.Equal(14 / 252.0, MannWhitney.Test([1, 2, 3, 4, 8], [5, 6, 7, 9, 10]).P, 1e-12); // U = 3
        Assert.Equal(2 / 70.0, MannWhitney.LeastP(4, 4), 1e-12);
        Assert.Equal(0.1, MannWhitney.LeastP(3, 3), 1e-12);
    }

    // Every way to deal the values to the two sides, counted one by one.
    [Fact]
    public void IsExact_WithTies() => Gen.Select(Tied, Tied).Sample((a, b) =>
    {
        double[] all = [.. a, .. b];
        static double UOf(IEnumerable<double> a, IEnumerable<double> b) => a.Sum(x => b.Sum(y => y > x ? 1 : y == x ? 0.5 : 0));
        var (middle, distance) = (a.Length * b.Length / 2.0, Math.Abs(UOf(a, b) - a.Length * b.Length / 2.0));
        var (far, ways) = (0, 0);
        for (var set = 0; set < 1 << all.Length; set++)
        {
            if (System.Numerics.BitOperations.PopCount((uint)set) != b.Length) continue;
            ways++;
            var u = UOf(all.Where((_, i) => (set >> i & 1) is 0), all.Where((_, i) => (set >> i & 1) is 1));
            if (Math.Abs(u - middle) >= distance - 1e-9) far++;
        }

        Assert.Equal((double)far / ways, MannWhitney.Test(a, b).P, 1e-9);
        Assert.Equal(UOf(a, b), MannWhitney.Test(a, b).U);
    });

    [Fact]
    public void ApproximationIsNearTheExactWay_WhereOneGivesWayToTheOther() =>
        Gen.Select(Gen.Double[0, 1].Array[20], Gen.Double[0.1, 1.1].Array[20], Gen.Double[0, 1]).Sample((a, b, one) =>
        {
            var exact = MannWhitney.Test(a, b).P;
            var more = MannWhitney.Test(a, [.. b, one]).P; // 41 values
            Assert.Equal(exact, more, 0.25); // the added value's doing, and no jump
            Assert.Equal(more, MannWhitney.Test([.. b, one], a).P, 1e-9);
        });

    [Fact]
    public void ApproximationIsThatOfTables()
    {
        Assert.Equal(0.05, Normal.TwoSided(Normal.Quantile975), 1e-6);
        Assert.Equal(0.3173105, Normal.TwoSided(1), 1e-6);
        double[] first = [.. Enumerable.Range(0, 30).Select(i => (double)i)];
        double[] second = [.. Enumerable.Range(0, 30).Select(i => i + 8.5)];
        Assert.Equal(0.0012361846, MannWhitney.Test(first, second).P, 1e-6); // U = 669 of 900: reckoned with the error function of a mathematical library
        Assert.Equal(1, MannWhitney.Test(new double[50], new double[50]).P);
    }

    [Fact]
    public void ShiftIsTheMedianOfAllDifferences()
    {
        var shift = ShiftEstimate.Of(Earlier, AtTerm);
        Assert.Equal(0.305, shift.Shift, 1e-9); // R: wilcox.test(x, y, conf.int = TRUE) gives 0.305, from -0.15 to 0.76
        Assert.Equal(-0.15, shift.Low, 1e-9);
        Assert.Equal(0.76, shift.High, 1e-9);
    }

    [Fact]
    public void ShiftFindsWhatWasAdded() => Gen.Select(Gen.Double[0, 100].Array[1, 20], Gen.Double[-50, 50]).Sample((a, added) =>
    {
        var shift = ShiftEstimate.Of(a, [.. a.Select(x => x + added)]);
        Assert.Equal(added, shift.Shift, 1e-6);
        Assert.InRange(shift.Shift, shift.Low, shift.High);
    });
}
