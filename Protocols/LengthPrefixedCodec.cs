using System.Buffers;
using System.Buffers.Binary;

namespace OrleansEcho.Protocols;

/// <summary>
/// A message is its payload's length, 4 bytes big-endian, then the payload: any bytes, or none. A length with the top bit set is
/// none that a payload can have; the other direction uses it to mark a refusal, which no echo can therefore be mistaken for.
/// </summary>
internal sealed class LengthPrefixedCodec : IFrameCodec
{
    private const int PrefixBytes = sizeof(int);
    private const int RefusalMark = int.MinValue;

    /// <inheritdoc />
    public string Name => "length-prefixed";

    /// <inheritdoc />
    public FrameStatus TryRead(ref SequenceReader<byte> reader, int maxPayload, ref int scanned, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        if (!reader.TryCopyTo(prefix)) return FrameStatus.NeedMoreData;
        var status = Measure(prefix, reader.Remaining, maxPayload, out var length);
        if (status is not FrameStatus.Complete) return status;

        reader.Advance(PrefixBytes);
        payload = reader.Sequence.Slice(reader.Position, length);
        reader.Advance(length);
        return FrameStatus.Complete;
    }

    /// <inheritdoc />
    public FrameStatus TryRead(ReadOnlySpan<byte> bytes, int maxPayload, ref int scanned, out FrameExtent frame)
    {
        frame = default;
        if (bytes.Length < PrefixBytes) return FrameStatus.NeedMoreData;
        var status = Measure(bytes, bytes.Length, maxPayload, out var length);
        if (status is FrameStatus.Complete) frame = new(PrefixBytes, length, PrefixBytes + length);
        return status;
    }

    /// <inheritdoc />
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload) => Write(output, payload.Length, payload);

    /// <inheritdoc />
    /// <remarks>A prefix whose top bit is set and whose other 31 bits are a length, then that much UTF-8: <c>reason text</c>.</remarks>
    public bool TryWriteRefusal(IBufferWriter<byte> output, string reason, string text)
    {
        Span<byte> words = stackalloc byte[RefusalWords.MaxBytes];
        words = words[..RefusalWords.Encode(reason, text, words)];
        Write(output, RefusalMark | words.Length, words);
        return true;
    }

    /// <summary>Whether the frame that begins with <paramref name="prefix"/> is among <paramref name="available"/> bytes.</summary>
    private static FrameStatus Measure(ReadOnlySpan<byte> prefix, long available, int maxPayload, out int length)
    {
        length = BinaryPrimitives.ReadInt32BigEndian(prefix);
        if ((uint)length > (uint)maxPayload) return FrameStatus.TooLong; // negative, too
        return available - PrefixBytes < length ? FrameStatus.NeedMoreData : FrameStatus.Complete;
    }

    private static void Write(IBufferWriter<byte> output, int prefix, ReadOnlySpan<byte> payload)
    {
        var room = output.GetSpan(PrefixBytes);
        BinaryPrimitives.WriteInt32BigEndian(room, prefix);

        // A short message takes one trip to the writer; a long one is cut at the writer's own segments instead of asking for a big one.
        if (payload.Length <= room.Length - PrefixBytes)
        {
            payload.CopyTo(room[PrefixBytes..]);
            output.Advance(PrefixBytes + payload.Length);
            return;
        }

        output.Advance(PrefixBytes);
        output.Write(payload);
    }
}
