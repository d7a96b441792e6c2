namespace OrleansEcho.LoadTest.Comparing;

/// <summary>The normal distribution.</summary>
internal static class Normal
{
    /// <summary>The value that 97.5 % are below: 95 % lie within it on both sides.</summary>
    public const double Quantile975 = 1.959963985;

    /// <summary>How likely it is to be as far from the middle as this, on either side; to seven digits (Abramowitz and Stegun 7.1.26 has an absolute error below 1.5e-7).</summary>
    /// <param name="z">From 0 on, in standard deviations.</param>
    public static double TwoSided(double z)
    {
        var x = z / Math.Sqrt(2);
        var t = 1 / (1 + 0.3275911 * x);
        return ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.Exp(-x * x);
    }
}
