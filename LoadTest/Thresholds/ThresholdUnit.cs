namespace OrleansEcho.LoadTest.Thresholds;

/// <summary>What a figure of a threshold is measured in.</summary>
internal enum ThresholdUnit
{
    /// <summary>Times, in microseconds; a threshold names its unit.</summary>
    Time,

    /// <summary>Counts, and counts a second.</summary>
    Number,

    /// <summary>Shares of 1; a threshold may say percent.</summary>
    Share,
}
