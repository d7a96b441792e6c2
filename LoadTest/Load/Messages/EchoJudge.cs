using OrleansEcho.LoadTest.Load.Measuring;

namespace OrleansEcho.LoadTest.Load.Messages;

/// <summary>
/// Says what is wrong with what came instead of the message that was next, so that each fault is counted once. It is asked only then: as
/// long as all is well, an echo is compared with what was sent, and nothing else.
/// </summary>
/// <param name="messages">What was sent.</param>
internal sealed class EchoJudge(SentMessages messages)
{
    // Passed over, and not seen since: lost, unless they come late.
    private readonly Dictionary<long, MessageRing.SentMessage> _missing = [];
    private long _strange;

    /// <summary>Judges a message of ours that is not the next one.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="counts">Where to count.</param>
    /// <returns>The number that is next now.</returns>
    public long Judge(long sequence, LoadCounts counts)
    {
        var next = messages.Next;
        if (sequence >= messages.Sent)
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

        for (var passed = next + TakeChanged(sequence, counts); passed < sequence; passed++) _missing.Add(passed, messages.At(passed));
        return sequence + 1;
    }

    /// <summary>Bytes came that no message of this run was made of; in how many parts they are found says nothing.</summary>
    public void Strange(int bytes, LoadCounts counts)
    {
        if (_strange is 0) counts.Corrupted++;
        _strange += bytes;
    }

    /// <summary>The next message came as it should.</summary>
    public void Next() => _strange = 0;

    /// <summary>It is over: what was passed over is lost, and what is due does not come back any more.</summary>
    /// <param name="counts">Where to count.</param>
    /// <returns>How many more were sent, and did not come in any shape.</returns>
    public long End(LoadCounts counts)
    {
        counts.Lost += _missing.Count;
        foreach (var message in _missing.Values) messages.CountMissing(message, counts);
        _missing.Clear();
        var first = messages.Next + TakeChanged(messages.Sent, counts);
        for (var missing = first; missing < messages.Due; missing++) messages.CountMissing(messages.At(missing), counts);
        return messages.Sent - first;
    }

    // Strange bytes between two messages are what the messages between them have become, as many as begin within
    // so many bytes. The first is counted.
    private long TakeChanged(long end, LoadCounts counts)
    {
        var changed = 0L;
        for (var bytes = 0L; bytes < _strange && messages.Next + changed < end; changed++)
        {
            bytes += messages.At(messages.Next + changed).Size;
        }

        if (changed > 1) counts.Corrupted += changed - 1;
        _strange = 0;
        return changed;
    }
}
