using OrleansEcho.LoadTest.Load.Measuring;

namespace OrleansEcho.LoadTest.Load.Messages;

/// <summary>
/// Says what is wrong with what came instead of the message that was next, so that each fault is counted once. It is asked only then: as long as all
/// is well, an echo is compared with what was sent, and nothing else.
/// </summary>
internal sealed class EchoJudge
{
    // Passed over, and not seen since: lost, unless they come late.
    private readonly SortedSet<long> _missing = [];
    private int _strange;

    /// <summary>Judges a message of ours that is not the next one.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="next">The number that was next.</param>
    /// <param name="end">The number after the last one that was sent.</param>
    /// <param name="counts">Where to count.</param>
    /// <returns>The number that is next now.</returns>
    public long Judge(long sequence, long next, long end, LoadCounts counts)
    {
        if (sequence >= end)
        {
            counts.Foreign++; // it knows the checksum of what was not sent yet: of another run with our number
            return next;
        }

        if (sequence < next)
        {
            if (_missing.Remove(sequence)) counts.Reordered++;
            else counts.Doubled++;
            return next;
        }

        for (var passed = next + TakeChanged(sequence - next, counts); passed < sequence; passed++) _missing.Add(passed);
        return sequence + 1;
    }

    /// <summary>Bytes came that no message of this run was made of.</summary>
    public void Strange(LoadCounts counts)
    {
        if (_strange++ is 0) counts.Corrupted++;
    }

    /// <summary>The next message came as it should.</summary>
    public void Next() => _strange = 0;

    /// <summary>It is over: what was passed over is lost.</summary>
    /// <param name="outstanding">How many more were sent and did not come.</param>
    /// <param name="counts">Where to count.</param>
    /// <returns>How many of those did not come because they came in another shape.</returns>
    public long End(long outstanding, LoadCounts counts)
    {
        counts.Lost += _missing.Count;
        _missing.Clear();
        return TakeChanged(outstanding, counts);
    }

    // Strange bytes between two messages are what the messages between them have become, as many as there can be. The first is counted.
    private long TakeChanged(long between, LoadCounts counts)
    {
        var changed = Math.Min(between, _strange);
        if (changed > 1) counts.Corrupted += changed - 1;
        _strange = 0;
        return changed;
    }
}
