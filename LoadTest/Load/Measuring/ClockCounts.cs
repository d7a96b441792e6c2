using HdrHistogram;

namespace OrleansEcho.LoadTest.Load.Measuring;

/// <summary>What the clock has counted in a stretch of time. One thread at a time may change it.</summary>
internal sealed class ClockCounts
{
    /// <summary>How much later than it should have been a message was sent.</summary>
    public LongHistogram SendLag { get; } = LatencyRecorder.Make();

    /// <summary>Adds what another has counted.</summary>
    public void Add(ClockCounts other)
    {
        if (other.SendLag.TotalCount > 0) SendLag.Add(other.SendLag);
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        if (SendLag.TotalCount > 0) SendLag.Reset();
    }
}
