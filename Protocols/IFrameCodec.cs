using System.Buffers;

namespace OrleansEcho.Protocols;

/// <summary>
/// Turns bytes into frames and back. Pure and without state: one instance serves every connection. Total: any bytes give a
/// <see cref="FrameStatus"/>, none an exception.
/// </summary>
public interface IFrameCodec
{
    /// <summary>The framing's name, as it stands in configuration and in metrics.</summary>
    string Name { get; }

    /// <summary>Takes the frame at the reader's position, if it is there whole.</summary>
    /// <param name="reader">Stands at the first byte of a frame; is moved past the frame only when the answer is <see cref="FrameStatus.Complete"/>.</param>
    /// <param name="maxPayload">The longest payload allowed, in bytes: 1 or more.</param>
    /// <param name="scanned">
    /// How many bytes from the frame's first one were searched in vain before: 0 for a new frame, else what the last call left here, which is 0 after a whole frame.
    /// It saves a codec that searches for a terminator from searching the same bytes once for every packet.
    /// </param>
    /// <param name="payload">The frame's payload: a view into the reader's bytes.</param>
    FrameStatus TryRead(ref SequenceReader<byte> reader, int maxPayload, ref int scanned, out ReadOnlySequence<byte> payload);

    /// <summary>
    /// Finds the frame at the front of bytes that lie in one piece, if it is there whole: what <see cref="TryRead(ref SequenceReader{byte}, int, ref int, out ReadOnlySequence{byte})"/> would find in
    /// them, without a sequence's cost for each frame.
    /// </summary>
    /// <param name="bytes">Begin with a frame.</param>
    /// <param name="maxPayload">The longest payload allowed, in bytes: 1 or more.</param>
    /// <param name="scanned">How many of the bytes were searched in vain before: 0 for a new frame, else what the last call left here, which is 0 after a whole frame.</param>
    /// <param name="frame">Where the frame lies; empty unless the answer is <see cref="FrameStatus.Complete"/>.</param>
    FrameStatus TryRead(ReadOnlySpan<byte> bytes, int maxPayload, ref int scanned, out FrameExtent frame);

    /// <summary>Writes one frame.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="payload">A payload that was once read in the same framing.</param>
    void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload);

    /// <summary>Tells the peer, in the protocol's own words, why it is refused or closed.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="reason">One word out of the closed list of reasons.</param>
    /// <param name="text">One sentence for a person, without line breaks.</param>
    /// <returns>False when the framing has no words for it, and nothing was written.</returns>
    bool TryWriteRefusal(IBufferWriter<byte> output, string reason, string text);
}
