using System.Buffers;

namespace OrleansEcho.Protocols.Tests;

public sealed class RawCodecTests
{
    private static readonly IFrameCodec Codec = Framings.Raw;

    [Theory]
    [InlineData("a", "a")]
    [InlineData("\n", "\n")]
    [InlineData("abcd", "abcd")]
    [InlineData("abcde", "abcd")]
    [InlineData("abcdefghij", "abcd")]
    public void PayloadIsWhatIsThereUpToTheLimit(string bytes, string payload)
    {
        var reading = FrameReading.Of(Codec, bytes, maxPayload: 4);

        Assert.Equal(FrameStatus.Complete, reading.Status);
        Assert.Equal(payload, reading.Text);
        Assert.Equal(payload.Length, reading.Consumed);
    }

    [Fact]
    public void NeedsMoreData_WhenNothingIsThere()
    {
        Assert.Equal(FrameStatus.NeedMoreData, FrameReading.Of(Codec, "", maxPayload: 4).Status);
        Assert.Equal(FrameStatus.NeedMoreData, FrameReading.Of(Codec, Segments.Of(ReadOnlyMemory<byte>.Empty), maxPayload: 4).Status);
        Assert.Equal(
            FrameStatus.NeedMoreData, FrameReading.Of(Codec, Segments.Cut("abcd"u8.ToArray(), 1, 0), maxPayload: 4, start: 4).Status);
    }

    [Fact]
    public void TakesFullChunksAcrossSegments()
    {
        foreach (var shape in Segments.Shapes("abcdefghij"u8.ToArray()))
        {
            var reader = new SequenceReader<byte>(shape);
            var scanned = 0;
            Assert.Equal("abcd", FrameReading.Next(Codec, ref reader, 4, ref scanned).Text);
            Assert.Equal("efgh", FrameReading.Next(Codec, ref reader, 4, ref scanned).Text);
            Assert.Equal("ij", FrameReading.Next(Codec, ref reader, 4, ref scanned).Text);
            Assert.Equal(FrameStatus.NeedMoreData, FrameReading.Next(Codec, ref reader, 4, ref scanned).Status);
        }
    }

    [Fact]
    public void WritesThePayloadAlone()
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.Write(output, "a\r\n\0"u8);
        Assert.Equal("a\r\n\0"u8, output.WrittenSpan);
    }
}
