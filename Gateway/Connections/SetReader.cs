using System.Buffers;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Connections;

/// <summary>Takes all complete messages that have arrived as one set.</summary>
internal static class SetReader
{
    /// <summary>
    /// How many messages a set has at most: empty ones have no bytes that would bound it, and a peer may send any number. So many lengths
    /// take 16 KiB, a quarter of what the longest set's bytes take by default, and a call that carries them costs each next to nothing.
    /// </summary>
    public const int MaxMessages = 4096;

    /// <summary>Reads frames from the front of <paramref name="buffer"/> until one is incomplete or the set is full.</summary>
    /// <param name="codec">The framing.</param>
    /// <param name="buffer">What has arrived; on return, what is left of it.</param>
    /// <param name="limits">The connection's limits.</param>
    /// <param name="scanned">See <see cref="IFrameCodec"/>; kept by the caller from read to read.</param>
    /// <param name="sequence">The number of the set.</param>
    /// <param name="pool">Where to gather several messages.</param>
    /// <param name="isEnd">Whether the peer will send nothing after <paramref name="buffer"/>.</param>
    /// <param name="set">The set; null when there is no complete message.</param>
    /// <returns>What stands at the front of the rest; <see cref="FrameStatus.Complete"/> when the set is full: there may be more.</returns>
    public static FrameStatus Take(
        IFrameCodec codec,
        ref ReadOnlySequence<byte> buffer,
        ConnectionLimits limits,
        ref int scanned,
        long sequence,
        ArrayPool<byte> pool,
        bool isEnd,
        out MessageSet? set)
    {
        set = null;
        var frames = new FrameReader(codec, buffer, limits.MaxMessageBytes);
        var status = frames.Next(ref scanned, out var first);
        if (status is not FrameStatus.Complete) return status;
        var end = frames.Consumed;

        // Most sets of interactive peers are one message, whose bytes are copied once, into the array that travels.
        status = frames.Next(ref scanned, out var next);
        if (status is not FrameStatus.Complete || (long)first.Length + next.Length > limits.MaxBytesInFlight)
        {
            buffer = buffer.Slice(end);
            var only = GC.AllocateUninitializedArray<byte>(first.Length); // nothing is cleared that is written over at once
            first.CopyTo(only);
            set = new MessageSet(sequence, only, null, IsLast(isEnd, status));
            return status;
        }

        // Several are gathered in rented arrays first, because their number and size are known only at the end.
        var bytes = pool.Rent((int)Math.Min(buffer.Length, limits.MaxBytesInFlight));
        var lengths = ArrayPool<int>.Shared.Rent(64);
        var (count, total) = (0, 0);
        Add(first);
        while (status is FrameStatus.Complete && count < MaxMessages && next.Length <= limits.MaxBytesInFlight - total)
        {
            Add(next);
            end = frames.Consumed;
            status = frames.Next(ref scanned, out next);
        }

        buffer = buffer.Slice(end);
        var all = GC.AllocateUninitializedArray<byte>(total);
        bytes.AsSpan(0, total).CopyTo(all);
        set = new MessageSet(sequence, all, lengths.AsSpan(0, count).ToArray(), IsLast(isEnd, status));
        pool.Return(bytes);
        ArrayPool<int>.Shared.Return(lengths);
        return status;

        void Add(ReadOnlySpan<byte> payload)
        {
            if (count == lengths.Length)
            {
                var longer = ArrayPool<int>.Shared.Rent(2 * count);
                lengths.CopyTo(longer, 0);
                ArrayPool<int>.Shared.Return(lengths);
                lengths = longer;
            }

            payload.CopyTo(bytes.AsSpan(total));
            lengths[count++] = payload.Length;
            total += payload.Length;
        }
    }

    private static bool IsLast(bool isEnd, FrameStatus status) => isEnd && status is FrameStatus.NeedMoreData;
}
