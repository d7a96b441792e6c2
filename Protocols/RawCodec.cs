using System.Buffers;

namespace OrleansEcho.Protocols;

/// <summary>
/// The echo protocol of RFC 862: a stream without messages. What is there, up to the limit, is one payload; so nothing is ever
/// too long or truncated, and there are no words for a refusal, since every byte the peer gets is one that it sent.
/// </summary>
internal sealed class RawCodec : IFrameCodec
{
    /// <inheritdoc />
    public string Name => "raw";

    /// <inheritdoc />
    public FrameStatus TryRead(ref SequenceReader<byte> reader, int maxPayload, ref int scanned, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (reader.End) return FrameStatus.NeedMoreData;

        var length = Math.Min(reader.Remaining, maxPayload);
        payload = reader.Sequence.Slice(reader.Position, length);
        reader.Advance(length);
        return FrameStatus.Complete;
    }

    /// <inheritdoc />
    public FrameStatus TryRead(ReadOnlySpan<byte> bytes, int maxPayload, ref int scanned, out FrameExtent frame)
    {
        var length = Math.Min(bytes.Length, maxPayload);
        frame = new(0, length, length);
        return length > 0 ? FrameStatus.Complete : FrameStatus.NeedMoreData;
    }

    /// <inheritdoc />
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload) => output.Write(payload);

    /// <inheritdoc />
    public bool TryWriteRefusal(IBufferWriter<byte> output, string reason, string text) => false;
}
