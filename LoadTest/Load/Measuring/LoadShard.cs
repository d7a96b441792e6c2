namespace OrleansEcho.LoadTest.Load.Measuring;

/// <summary>Where some of a target's connections count. There are several, so that threads seldom meet at one.</summary>
internal sealed class LoadShard
{
    private LoadCounts _spare = new();

    /// <summary>Who counts holds it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>What was counted since it was taken last; to be changed under the gate.</summary>
    public LoadCounts Counts { get; private set; } = new();

    /// <summary>Adds what was counted since the last time to a sum.</summary>
    public void DrainTo(LoadCounts sum)
    {
        var full = Counts;
        // Who counts is kept for an exchange, not for a sum of thousands of buckets.
        lock (Gate) (Counts, _spare) = (_spare, full);
        sum.Add(full);
        full.Clear();
        _spare = full;
    }
}
