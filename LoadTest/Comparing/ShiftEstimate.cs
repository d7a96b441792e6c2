namespace OrleansEcho.LoadTest.Comparing;

/// <summary>
/// By how much one sample lies above another: the median of the differences of all pairs (Hodges and Lehmann, Annals of Mathematical Statistics 34, 1963), with the interval that
/// the Mann–Whitney test would not refuse (Moses).
/// </summary>
/// <param name="Shift">The estimate.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end of it.</param>
internal readonly record struct ShiftEstimate(double Shift, double Low, double High)
{
    /// <summary>The shift from a to b. With few values the interval is that of all differences, whatever its level is then.</summary>
    public static ShiftEstimate Of(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        double[] differences = [.. a.SelectMany(x => b.Select(y => y - x)).Order()];
        if (differences.Length is 0) return default;
        var (n, m) = (a.Count, b.Count);
        var out95 = n * (double)m / 2 - Normal.Quantile975 * Math.Sqrt(n * (double)m * (n + m + 1) / 12);
        var skip = Math.Clamp((int)Math.Floor(out95), 0, (differences.Length - 1) / 2);
        return new ShiftEstimate(Median(differences), differences[skip], differences[^(skip + 1)]);
    }

    /// <summary>The middle of values.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length is 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
