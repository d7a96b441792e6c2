namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>The middle of what was measured: one bad moment of the machine's does not move it.</summary>
internal static class Median
{
    /// <summary>The one in the middle; of an even number, the mean of the two there.</summary>
    public static double Of(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
