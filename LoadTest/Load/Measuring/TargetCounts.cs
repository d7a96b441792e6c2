namespace OrleansEcho.LoadTest.Load.Measuring;

/// <summary>What one target's connections have counted.</summary>
internal sealed class TargetCounts
{
    // More threads than processors never count at the same time.
    private readonly LoadShard[] _shards = [.. Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, 8)).Select(_ => new LoadShard())];
    private int _turn;

    /// <summary>From the beginning to the end.</summary>
    public LoadCounts Always { get; } = new();

    /// <summary>While it counted.</summary>
    public LoadCounts Measured { get; } = new();

    /// <summary>Since the last time.</summary>
    public LoadCounts Latest { get; } = new();

    /// <summary>Messages that came back until now.</summary>
    public long MessagesSoFar => Always.Messages + _shards.Sum(s => s.Counts.Messages);

    /// <summary>Faults of messages until now.</summary>
    public long FaultsSoFar => Always.Faults + _shards.Sum(s => s.Counts.Faults);

    /// <summary>Connections that failed until now.</summary>
    public long ErrorsSoFar => Always.Errors.Sum() + _shards.Sum(s => s.Counts.Errors.Sum());

    /// <summary>Where the next connection counts.</summary>
    public LoadShard NextShard() => _shards[_turn++ % _shards.Length];

    /// <summary>Takes what was counted since the last time.</summary>
    public void Take()
    {
        Latest.Clear();
        foreach (var shard in _shards) shard.DrainTo(Latest);
        Always.Add(Latest);
    }
}
