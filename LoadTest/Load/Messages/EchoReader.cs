using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Load.Wire;

namespace OrleansEcho.LoadTest.Load.Messages;

/// <summary>
/// Takes what comes back on one connection, and counts it. First it is compared with the message that is next; only
/// what is not that is looked at closer.
/// </summary>
/// <param name="run">What all connections share.</param>
/// <param name="framing">What is around a message.</param>
/// <param name="messages">What was sent.</param>
/// <param name="behaviour">What the connection does.</param>
/// <param name="judge">Says what is wrong.</param>
internal sealed class EchoReader(RunContext run, WireFraming framing, SentMessages messages, LoadBehaviour behaviour, EchoJudge judge)
{
    /// <summary>More than any refusal takes, in bytes; it may come after the beginning of an echo.</summary>
    public const int LongestRefusal = 512;

    private const int NotYet = -1;

    private readonly int _longest = Math.Max(behaviour.LongestMessage, LongestRefusal);
    private readonly byte[] _expected = new byte[behaviour.LongestMessage];

    /// <summary>How many messages came back.</summary>
    public long Echoes { get; private set; }

    /// <summary>Why the gateway refused or closed the connection; null when it said nothing.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Begins with a connection.</summary>
    public void Begin() => (Echoes, Refusal) = (0, null);

    /// <summary>Takes all that is there as a whole. What it counts is the same in whatever pieces the bytes come.</summary>
    /// <param name="bytes">What has come and was not taken.</param>
    /// <param name="isLast">Whether nothing comes after it.</param>
    /// <param name="now">When it came.</param>
    /// <param name="counts">Where to count.</param>
    /// <returns>How many bytes were taken.</returns>
    public int Take(ReadOnlySpan<byte> bytes, bool isLast, long now, LoadCounts counts)
    {
        var taken = 0;
        while (taken < bytes.Length)
        {
            var rest = bytes[taken..];
            var step = messages.Next < messages.Sent ? TakeExpected(rest, now, counts) : 0;
            if (step is 0) step = TakeOther(rest, isLast, now, counts);
            if (step is NotYet) break;
            taken += step;
        }

        return taken;
    }

    // 0 when it is something else.
    private int TakeExpected(ReadOnlySpan<byte> bytes, long now, LoadCounts counts)
    {
        ref var message = ref messages.At(messages.Next);
        var expected = _expected.AsSpan(0, message.Size);
        messages.WriteNext(expected);
        if (bytes.Length < expected.Length) return expected.StartsWith(bytes) ? NotYet : 0;
        if (!bytes[..expected.Length].SequenceEqual(expected)) return 0;
        Count(message, now, counts);
        judge.Next();
        messages.GoOnTo(messages.Next + 1);
        return expected.Length;
    }

    private void Count(in MessageRing.SentMessage message, long now, LoadCounts counts)
    {
        Echoes++;
        counts.Messages++;
        counts.Bytes += message.Size;
        counts.Latency.Record(run.Nanoseconds(message.Intended, now));
        counts.ServiceTime.Record(run.Nanoseconds(message.Sent, now));
    }

    private int TakeOther(ReadOnlySpan<byte> bytes, bool isLast, long now, LoadCounts counts)
    {
        if (!framing.HasMessages) return TakeOutOfStream(bytes, isLast, now, counts);
        if (!framing.TryRead(bytes, _longest, out var frame))
        {
            // Where a connection broke within a refusal, nothing was wrong with a message.
            return !isLast || framing.MayBeRefusal(bytes) ? NotYet : Strange(1, counts);
        }

        if (!frame.IsRefusal)
        {
            Judge(frame, now, counts);
        }
        else if (MessageStamp.TryRead(frame.Message, run.Text.Run, out _, out _))
        {
            Strange(frame.Length, counts); // a message whose length was changed into a refusal's
        }
        else
        {
            Refusal = RefusalReason.Of(frame.Message);
        }

        return frame.Length;
    }

    private int Strange(int length, LoadCounts counts)
    {
        judge.Strange(length, counts);
        return length;
    }

    private void Judge(WireFrame frame, long now, LoadCounts counts)
    {
        if (!MessageStamp.TryRead(frame.Message, run.Text.Run, out var connection, out var sequence))
        {
            Strange(frame.Length, counts);
        }
        else if (connection != messages.Connection)
        {
            counts.Foreign++;
        }
        else
        {
            var next = judge.Judge(sequence, counts);
            if (next > messages.Next) Count(messages.At(sequence), now, counts);
            messages.GoOnTo(next);
        }
    }

    // Without frames, a message can only be where the run's name is; how long it is, is known for those of ours that were not passed over.
    private int TakeOutOfStream(ReadOnlySpan<byte> bytes, bool isLast, long now, LoadCounts counts)
    {
        var before = LengthBefore(messages.Owner[..MessageStamp.RunLength], bytes);
        if (before > 0) return Strange(before, counts);
        if (bytes.Length < MessageStamp.Length && !isLast) return NotYet;
        if (!MessageStamp.TryReadSequence(bytes, out var sequence)) return Strange(1, counts);

        // A copy of one that is gone from the ring can be as long as any that was sent: its checksum says which.
        foreach (var size in bytes.StartsWith(messages.Owner) ? SizesOf(sequence) : behaviour.AllSizes)
        {
            if (bytes.Length < size && !isLast) return NotYet;
            if (bytes.Length < size || !MessageStamp.TryRead(bytes[..size], run.Text.Run, out _, out _)) continue;
            Judge(new WireFrame(size, bytes[..size]), now, counts);
            return size;
        }

        return Strange(1, counts);
    }

    // How many bytes come before a name, or before what may become one at the end.
    private static int LengthBefore(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        var at = bytes.IndexOf(name);
        if (at >= 0) return at;
        for (at = Math.Max(0, bytes.Length - name.Length + 1); !name.StartsWith(bytes[at..]); at++)
        {
            // The empty rest is the beginning of any name.
        }

        return at;
    }

    private int[] SizesOf(long sequence) =>
        sequence >= messages.Next && sequence < messages.Sent ? [messages.At(sequence).Size] : behaviour.AllSizes;
}
