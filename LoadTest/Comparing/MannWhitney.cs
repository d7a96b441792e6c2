namespace OrleansEcho.LoadTest.Comparing;

/// <summary>
/// The Mann–Whitney U test, two-sided: how likely it is that samples of one and the same distribution are as far apart as these. No distribution is assumed.
/// Exact for small samples, ties included (the distribution of all ways to deal the values found to the two sides); beyond them the normal
/// approximation with corrections for ties and continuity. Mann, Whitney: Annals of Mathematical Statistics 18 (1947).
/// </summary>
internal static class MannWhitney
{
    // The approximation is good to a few thousandths beyond this, and the exact way still takes no time that anybody notices.
    private const int ExactLimit = 40;

    /// <summary>The test.</summary>
    /// <returns>U of b: in how many pairs b is greater, half for equal ones; and the probability.</returns>
    public static (double U, double P) Test(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        if (a.Count is 0 || b.Count is 0) return (0, 1);
        double[] all = [.. a, .. b];
        Array.Sort(all);
        int[] ranks = [.. all.Select(value => DoubledRank(all, value))];
        var sum = b.Sum(value => (long)DoubledRank(all, value));
        var u = (sum - b.Count * (b.Count + 1L)) / 2.0;
        return (u, all.Length <= ExactLimit ? ExactP(ranks, b.Count, sum) : NormalP(all, a.Count, b.Count, u));
    }

    /// <summary>The least probability that samples of these sizes can have: above the level of significance no difference can be told.</summary>
    public static double LeastP(int a, int b) => Math.Min(1, 2 / Ways(a, b));

    /// <summary>In how many ways as many values can be dealt to two sides.</summary>
    public static double Ways(int a, int b)
    {
        var ways = 1.0;
        for (var i = 1; i <= b; i++) ways = ways * (a + i) / i;
        return ways;
    }

    // Twice the middle of the ranks of all equal values, to stay with whole numbers.
    private static int DoubledRank(double[] sorted, double value)
    {
        var first = LowerBound(sorted, value);
        var end = first;
        while (end < sorted.Length && sorted[end] <= value) end++;
        return first + end + 1;
    }

    private static int LowerBound(double[] sorted, double value)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < value) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    // In how many ways some of the ranks have each sum, taking one rank after another into account.
    private static double ExactP(int[] ranks, int taken, long observed)
    {
        var max = ranks.Sum();
        var ways = new double[taken + 1][];
        for (var i = 0; i <= taken; i++) ways[i] = new double[max + 1];
        ways[0][0] = 1;
        foreach (var rank in ranks)
        {
            for (var count = taken; count > 0; count--)
            {
                for (var sum = max; sum >= rank; sum--) ways[count][sum] += ways[count - 1][sum - rank];
            }
        }

        var expected = (double)taken * max / ranks.Length;
        var distance = Math.Abs(observed - expected) - 1e-9;
        var (far, all) = (0.0, 0.0);
        for (var sum = 0; sum <= max; sum++)
        {
            all += ways[taken][sum];
            if (Math.Abs(sum - expected) >= distance) far += ways[taken][sum];
        }

        return Math.Min(1, far / all);
    }

    private static double NormalP(double[] all, int a, int b, double u)
    {
        double n = all.Length;
        var ties = all.GroupBy(v => v).Sum(g => Math.Pow(g.Count(), 3) - g.Count());
        var variance = a * (double)b / 12 * (n + 1 - ties / (n * (n - 1)));
        if (variance <= 0) return 1;
        var z = (Math.Abs(u - a * (double)b / 2) - 0.5) / Math.Sqrt(variance);
        return z <= 0 ? 1 : Math.Min(1, Normal.TwoSided(z));
    }
}
