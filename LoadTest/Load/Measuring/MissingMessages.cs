namespace OrleansEcho.LoadTest.Load.Measuring;

/// <summary>
/// Messages that never came back, by the time from which their wait counts. How long they have waited is known at the end of the run only: left out of the
/// distribution, the longest waits would be missing from it.
/// </summary>
internal sealed class MissingMessages
{
    /// <summary>
    /// Times within as many nanoseconds are one: a hundredth of a second is nothing beside such waits, and bounds what an outage of hours is remembered by.
    /// </summary>
    public const long Grain = 10_000_000;

    private readonly Dictionary<long, long> _counts = [];

    /// <summary>Adds messages.</summary>
    /// <param name="time">From when their wait counts, in nanoseconds.</param>
    /// <param name="count">How many.</param>
    public void Add(long time, long count = 1) => AddTo(time / Grain, count);

    /// <summary>Adds what another has.</summary>
    public void Add(MissingMessages other)
    {
        foreach (var (grain, count) in other._counts) AddTo(grain, count);
    }

    /// <summary>Records each with its age.</summary>
    /// <param name="histogram">Where to.</param>
    /// <param name="from">Those of earlier are left out, in nanoseconds.</param>
    /// <param name="now">When it is, in nanoseconds.</param>
    public void RecordTo(TimeHistogram histogram, long from, long now)
    {
        foreach (var (grain, count) in _counts)
        {
            if ((grain + 1) * Grain > from) histogram.Record(now - (grain * Grain), count); // never less than it was
        }
    }

    /// <summary>Begins anew.</summary>
    public void Clear() => _counts.Clear();

    private void AddTo(long grain, long count) => _counts[grain] = _counts.GetValueOrDefault(grain) + count;
}
