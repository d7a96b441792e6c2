using System.Buffers;
using System.Text;

namespace OrleansEcho.Protocols.Tests;

/// <summary>
/// What one call of <see cref="IFrameCodec"/>'s <c>TryRead</c> did, whether the bytes lie in one piece or not; the promises that hold
/// for any framing and bytes are asserted.
/// </summary>
internal sealed record FrameReading(FrameStatus Status, byte[] Payload, long Consumed, int Scanned)
{
    /// <summary>The payload as text in which one character is one byte.</summary>
    public string Text => Encoding.Latin1.GetString(Payload);

    /// <summary>Reads one frame from the sequence's beginning, or from <paramref name="start"/>.</summary>
    public static FrameReading Of(IFrameCodec codec, ReadOnlySequence<byte> bytes, int maxPayload, int scanned = 0, long start = 0)
    {
        var reader = new SequenceReader<byte>(bytes);
        reader.Advance(start);
        return Next(codec, ref reader, maxPayload, ref scanned);
    }

    /// <summary>Reads one frame of Latin-1 text.</summary>
    public static FrameReading Of(IFrameCodec codec, string bytes, int maxPayload) =>
        Of(codec, new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(bytes)), maxPayload);

    /// <summary>Reads the frame that the reader stands at.</summary>
    public static FrameReading Next(IFrameCodec codec, ref SequenceReader<byte> reader, int maxPayload, ref int scanned)
    {
        var start = reader.Consumed;
        var rest = reader.UnreadSequence.ToArray();
        var inOnePiece = scanned;
        var sameStatus = codec.TryRead(rest, maxPayload, ref inOnePiece, out var frame);
        var status = codec.TryRead(ref reader, maxPayload, ref scanned, out var payload);

        Assert.InRange(payload.Length, 0, maxPayload);
        if (status is FrameStatus.Complete)
        {
            Assert.True(reader.Consumed > start, "a complete frame without a byte would be read for ever");
            Assert.Equal(0, scanned);
        }
        else
        {
            Assert.Equal(start, reader.Consumed);
            Assert.Equal(0, payload.Length);
        }

        // What lies in one piece is read in the same way.
        Assert.Equal((status, scanned), (sameStatus, inOnePiece));
        Assert.Equal(reader.Consumed - start, frame.End);
        Assert.Equal(payload.ToArray(), rest.AsSpan(frame.Start, frame.Length));

        return new FrameReading(status, payload.ToArray(), reader.Consumed - start, scanned);
    }
}
