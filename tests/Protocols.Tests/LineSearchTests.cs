using System.Buffers;

namespace OrleansEcho.Protocols.Tests;

/// <summary>
/// How much work a line costs, proved without a clock: bytes that must not be searched are replaced by ones that would be found,
/// and memory that must not be touched throws when it is.
/// </summary>
public sealed class LineSearchTests
{
    private static readonly IFrameCodec Codec = Framings.Line;

    [Fact]
    public void RemembersWhatItSearched_WhenThereIsNoLineFeed()
    {
        foreach (var shape in Segments.Shapes("abcdef"u8.ToArray())) Assert.Equal(6, FrameReading.Of(Codec, shape, 100).Scanned);
    }

    [Fact]
    public void SearchesNoByteTwice_WhenALineArrivesByteByByte()
    {
        const int length = 40;
        foreach (var segmentSize in new[] { 1, 3, 7, length, 2 * length })
        {
            var line = new byte[length + 1];
            var scanned = 0;
            for (var there = 1; there <= length; there++)
            {
                var reading = FrameReading.Of(Codec, Segments.Cut(line.AsMemory(0, there), segmentSize), length, scanned);
                Assert.Equal(FrameStatus.NeedMoreData, reading.Status);
                Assert.Equal(there, reading.Scanned);
                scanned = reading.Scanned;

                // Poison: whoever looks at a byte again finds the line's end in it.
                line.AsSpan(0, there).Fill((byte)'\n');
            }

            line[length] = (byte)'\n';
            var last = FrameReading.Of(Codec, Segments.Cut(line, segmentSize), length, scanned);
            Assert.Equal(FrameStatus.Complete, last.Status);
            Assert.Equal(length, last.Payload.Length);
        }
    }

    [Fact]
    public void SearchCountsFromTheFramesFirstByte_WhenItStandsBehindOthers()
    {
        // The part before the bar was taken already; scanned counts from the bar.
        foreach (var shape in Segments.Shapes("xyz\n|\n\n\nab\ncd\n"u8.ToArray()))
        {
            var reading = FrameReading.Of(Codec, shape, maxPayload: 100, scanned: 4, start: 4);
            Assert.Equal("|\n\n\nab", reading.Text);
            Assert.Equal(7, reading.Consumed);
        }
    }

    [Fact]
    public void SearchesTheNextLineFromItsBeginning()
    {
        // The second line is shorter than what was searched of the first: a search that went on from there would miss its end.
        var reader = new PacketReader(Codec, 100, 3);
        reader.Receive("abcdefgh"u8.ToArray());
        reader.Receive("i\nj\nk"u8.ToArray());
        reader.Receive("\n"u8.ToArray());

        Assert.Equal(["abcdefghi"u8.ToArray(), "j"u8.ToArray(), "k"u8.ToArray()], reader.Payloads);
    }

    [Fact]
    public void SearchesNoByteTwice_WhenALineGoesOnInTheNextSegment()
    {
        // The reader itself fetches the first segment, once; the search of the segments behind it must leave that one alone.
        using var first = new GuardedMemory(length: 6, touches: 1);
        var bytes = Segments.Of(first.Memory, "ghi"u8.ToArray());

        Assert.Equal(FrameStatus.NeedMoreData, StatusOf(bytes, maxPayload: 100));
    }

    [Fact]
    public void TouchesNothingBehindTheLimit()
    {
        using var behind = new GuardedMemory(length: 1000, touches: 0);
        var bytes = Segments.Of("abc"u8.ToArray(), "def"u8.ToArray(), behind.Memory);

        Assert.Equal(FrameStatus.TooLong, StatusOf(bytes, maxPayload: 1));
        Assert.Equal(FrameStatus.TooLong, StatusOf(bytes, maxPayload: 4));
        Assert.Throws<InvalidOperationException>(() => StatusOf(bytes, maxPayload: 6));
    }

    [Fact]
    public void InOnePiece_SearchesNoByteTwiceAndNoneBehindTheLimit()
    {
        var scanned = 3;
        Assert.Equal(FrameStatus.NeedMoreData, Codec.TryRead("\n\n\nab"u8, maxPayload: 100, ref scanned, out _));
        Assert.Equal(5, scanned);
        Assert.Equal(FrameStatus.TooLong, Codec.TryRead("\n\n\n\n\nabc\n"u8, maxPayload: 7, ref scanned, out _));
        Assert.Equal(FrameStatus.Complete, Codec.TryRead("\n\n\n\n\nabc\n"u8, maxPayload: 8, ref scanned, out var frame));
        Assert.Equal(new FrameExtent(0, 8, 9), frame);
    }

    // Not by FrameReading, which looks at all bytes to compare.
    private static FrameStatus StatusOf(ReadOnlySequence<byte> bytes, int maxPayload)
    {
        var reader = new SequenceReader<byte>(bytes);
        var scanned = 0;
        return Codec.TryRead(ref reader, maxPayload, ref scanned, out _);
    }

    /// <summary>Zeros that can be fetched only so many times.</summary>
    private sealed class GuardedMemory(int length, int touches) : MemoryManager<byte>
    {
        private readonly byte[] _bytes = new byte[length];
        private int _touches = touches;

        public override Memory<byte> Memory => CreateMemory(_bytes.Length);

        public override Span<byte> GetSpan() =>
            _touches-- > 0 ? _bytes : throw new InvalidOperationException("these bytes were not to be touched again");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
