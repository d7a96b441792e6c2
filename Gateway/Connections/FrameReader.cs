using System.Buffers;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Connections;

/// <summary>Reads frames one after the other. Where bytes lie in one piece, as a socket thread's do, a frame costs no sequence.</summary>
/// <param name="codec">The framing.</param>
/// <param name="buffer">What has arrived.</param>
/// <param name="maxPayload">The longest payload allowed, in bytes.</param>
internal ref struct FrameReader(IFrameCodec codec, ReadOnlySequence<byte> buffer, int maxPayload)
{
    private ReadOnlySpan<byte> _piece = buffer.FirstSpan; // of what is unread, as far as it lies in one piece

    /// <summary>How many bytes the frames read so far take.</summary>
    public long Consumed { get; private set; }

    /// <summary>Takes the next frame, if it is there whole.</summary>
    /// <param name="scanned">See <see cref="IFrameCodec"/>.</param>
    /// <param name="payload">Its payload; empty unless the answer is <see cref="FrameStatus.Complete"/>.</param>
    /// <returns>What stands at the front of what was unread.</returns>
    public FrameStatus Next(ref int scanned, out ReadOnlySpan<byte> payload)
    {
        var status = codec.TryRead(_piece, maxPayload, ref scanned, out var frame);
        if (status is FrameStatus.NeedMoreData && Consumed + _piece.Length < buffer.Length) return NextOfSeveralPieces(ref scanned, out payload);
        payload = _piece.Slice(frame.Start, frame.Length);
        _piece = _piece[frame.End..];
        Consumed += frame.End;
        return status;
    }

    // The frame goes on in the next piece. Kestrel's are 4 KiB: of small frames hardly one is cut, and a copy puts it together.
    private FrameStatus NextOfSeveralPieces(ref int scanned, out ReadOnlySpan<byte> payload)
    {
        var reader = new SequenceReader<byte>(buffer.Slice(Consumed));
        var status = codec.TryRead(ref reader, maxPayload, ref scanned, out var whole);
        Consumed += reader.Consumed;
        _piece = reader.UnreadSpan;
        payload = whole.IsSingleSegment ? whole.FirstSpan : whole.ToArray();
        return status;
    }
}
