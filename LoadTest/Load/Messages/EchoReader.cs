using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Load.Wire;

namespace OrleansEcho.LoadTest.Load.Messages;

/// <summary>Takes what comes back on one connection, and counts it. First it is compared with the message that is next; only what is not that is looked at closer.</summary>
/// <param name="run">What all connections share.</param>
/// <param name="framing">What is around a message.</param>
/// <param name="messages">What was sent.</param>
/// <param name="behaviour">What the connection does.</param>
/// <param name="judge">Says what is wrong.</param>
internal sealed class EchoReader(RunContext run, WireFraming framing, SentMessages messages, LoadBehaviour behaviour, EchoJudge judge)
{
    private const int NotYet = -1;

    private readonly byte[] _expected = new byte[behaviour.LongestMessage];

    /// <summary>How many messages came back.</summary>
    public long Echoes { get; private set; }

    /// <summary>Why the gateway refused or closed the connection; null when it said nothing.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Begins with a connection.</summary>
    public void Begin() => (Echoes, Refusal) = (0, null);

    /// <summary>Takes all that is there as a whole.</summary>
    /// <param name="bytes">What has come and was not taken.</param>
    /// <param name="isFull">Whether there is no room for more.</param>
    /// <param name="now">When it came.</param>
    /// <param name="counts">Where to count.</param>
    /// <returns>How many bytes were taken.</returns>
    public int Take(ReadOnlySpan<byte> bytes, bool isFull, long now, LoadCounts counts)
    {
        var taken = 0;
        while (taken < bytes.Length)
        {
            var rest = bytes[taken..];
            var step = messages.Next < messages.Sent ? TakeExpected(rest, now, counts) : 0;
            if (step is 0) step = TakeOther(rest, isFull && taken is 0, now, counts);
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

    private void Count(in MessageRing.Entry message, long now, LoadCounts counts)
    {
        Echoes++;
        counts.Messages++;
        counts.Bytes += message.Size;
        LatencyRecorder.Record(counts.Latency, run.Nanoseconds(message.Intended, now));
        LatencyRecorder.Record(counts.ServiceTime, run.Nanoseconds(message.Sent, now));
    }

    private int TakeOther(ReadOnlySpan<byte> bytes, bool isFull, long now, LoadCounts counts)
    {
        if (!framing.TryRead(bytes, out var frame))
        {
            if (!isFull) return NotYet;
            judge.Strange(counts); // longer than all that was ever sent
            return bytes.Length;
        }

        if (frame.IsRefusal)
        {
            Refusal = RefusalReason.Of(frame.Message);
            return frame.Length;
        }

        if (!framing.HasMessages) return TakeOutOfStream(bytes, now, counts);
        Judge(frame.Message, now, counts);
        return frame.Length;
    }

    private void Judge(ReadOnlySpan<byte> message, long now, LoadCounts counts)
    {
        if (!MessageStamp.TryRead(message, run.Text.Run, out var connection, out var sequence))
        {
            judge.Strange(counts);
        }
        else if (connection != messages.Connection)
        {
            counts.Foreign++;
        }
        else
        {
            var next = judge.Judge(sequence, messages.Next, messages.Sent, counts);
            if (next > messages.Next) Count(messages.At(sequence), now, counts);
            messages.GoOnTo(next);
        }
    }

    // Without frames, a message can only be where the run's name is; how long it is, is known for those of ours that were not passed over.
    private int TakeOutOfStream(ReadOnlySpan<byte> bytes, long now, LoadCounts counts)
    {
        var name = messages.Owner[..MessageStamp.RunLength];
        for (var at = 0; at < bytes.Length; at++)
        {
            var found = bytes[at..].IndexOf(name);
            if (found < 0) break;
            at += found;
            var message = bytes[at..];
            if (MessageStamp.TryReadSequence(message, out var sequence))
            {
                // A copy of one that is gone from the ring can be as long as any that was sent: its checksum says which.
                foreach (var size in message.StartsWith(messages.Owner) ? SizesOf(sequence) : behaviour.AllSizes)
                {
                    if (message.Length < size && at is 0) return NotYet;
                    if (message.Length < size || !MessageStamp.TryRead(message[..size], run.Text.Run, out _, out _)) continue;
                    if (at > 0) judge.Strange(counts);
                    Judge(message[..size], now, counts);
                    return at + size;
                }
            }
            else if (at is 0 && message.Length < MessageStamp.Length)
            {
                return NotYet;
            }
        }

        judge.Strange(counts);
        return Math.Max(1, bytes.Length - MessageStamp.RunLength + 1); // the beginning of a name may stand at the end
    }

    private int[] SizesOf(long sequence) => sequence >= messages.Next && sequence < messages.Sent ? [messages.At(sequence).Size] : behaviour.AllSizes;
}
