namespace OrleansEcho.LoadTest.Load.Measuring;

/// <summary>What the clock has counted in a stretch of time. One thread at a time may change it.</summary>
internal sealed class ClockCounts
{
    /// <summary>How much later than it should have been a message was sent.</summary>
    public TimeHistogram SendLag { get; } = new();

    /// <summary>Adds what another has counted.</summary>
    public void Add(ClockCounts other) => SendLag.Add(other.SendLag);

    /// <summary>Begins anew.</summary>
    public void Clear() => SendLag.Clear();
}
