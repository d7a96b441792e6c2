namespace OrleansEcho.LoadTest.Thresholds;

/// <summary>What stands between a figure and its limit.</summary>
/// <param name="Sign">As it is written.</param>
/// <param name="IsUpper">Whether more is worse.</param>
/// <param name="Holds">Whether a figure (first) is beyond a limit (second).</param>
internal sealed record ThresholdComparison(string Sign, bool IsUpper, Func<double, double, bool> Holds)
{
    /// <summary>All there are; a sign that begins with another comes before it.</summary>
    public static IReadOnlyList<ThresholdComparison> All { get; } =
    [
        new(">=", true, (value, limit) => value >= limit),
        new("<=", false, (value, limit) => value <= limit),
        new(">", true, (value, limit) => value > limit),
        new("<", false, (value, limit) => value < limit),
    ];

    /// <summary>The one that holds where this one does not.</summary>
    public ThresholdComparison Opposite => All.First(other => other.IsUpper != IsUpper && other.Sign.Length != Sign.Length);
}
