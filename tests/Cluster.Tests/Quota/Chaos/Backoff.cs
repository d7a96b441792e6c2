namespace OrleansEcho.Cluster.Tests.Quota.Chaos;

/// <summary>
/// How long a client waits before it tries again. Hundreds that come back ten times a second take both cores of a small machine from the
/// silos that they wait for.
/// </summary>
internal sealed class Backoff(Random random)
{
    private const double Shortest = 0.1;
    private const double Longest = 1;

    private double _pause = Shortest;

    /// <summary>The longest pause that there is.</summary>
    public static TimeSpan Most { get; } = TimeSpan.FromSeconds(Longest * 1.5);

    /// <summary>The next pause: twice as long as the one before, give or take a half.</summary>
    public TimeSpan Next()
    {
        var pause = _pause * (0.5 + random.NextDouble());
        _pause = Math.Min(_pause * 2, Longest);
        return TimeSpan.FromSeconds(pause);
    }

    /// <summary>It was served: the next one is short again.</summary>
    public void Reset() => _pause = Shortest;
}
