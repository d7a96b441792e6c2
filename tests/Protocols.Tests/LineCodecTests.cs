using System.Buffers;
using System.Text;

namespace OrleansEcho.Protocols.Tests;

public sealed class LineCodecTests
{
    private const int Limit = 5;

    private static readonly IFrameCodec Codec = Framings.Line;

    [Theory]
    [InlineData("\n", "")]
    [InlineData("a\n", "a")]
    [InlineData("abcde\n", "abcde")]
    [InlineData("a\r\n", "a\r")]
    [InlineData("\r\r\n", "\r\r")]
    [InlineData("a\0b\n", "a\0b")]
    [InlineData("\u00ff\u0080\u008a\n", "\u00ff\u0080\u008a")]
    public void PayloadIsEverythingBeforeTheLineFeed(string bytes, string payload)
    {
        var reading = FrameReading.Of(Codec, bytes, Limit);

        Assert.Equal(FrameStatus.Complete, reading.Status);
        Assert.Equal(payload, reading.Text);
        Assert.Equal(bytes.Length, reading.Consumed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a\r")]
    [InlineData("abcde")]
    public void NeedsMoreData_WithoutALineFeed(string bytes) =>
        Assert.Equal(FrameStatus.NeedMoreData, FrameReading.Of(Codec, bytes, Limit).Status);

    [Theory]
    [InlineData("abcdef")]
    [InlineData("abcdef\n")]
    [InlineData("abcdefg\nh\n")]
    [InlineData("abcde\r\n")]
    public void TooLong_WhenOneByteMoreThanTheLimitIsThere(string bytes)
    {
        foreach (var shape in Segments.Shapes(Encoding.Latin1.GetBytes(bytes)))
        {
            var first = FrameReading.Of(Codec, shape, Limit);
            Assert.Equal(FrameStatus.TooLong, first.Status);
            Assert.Equal(FrameStatus.TooLong, FrameReading.Of(Codec, shape, Limit, first.Scanned).Status);
            Assert.Equal(FrameStatus.TooLong, FrameReading.Of(Codec, shape, Limit, scanned: Limit).Status);
        }
    }

    [Fact]
    public void LargestLimitDoesNotOverflow()
    {
        Assert.Equal("abcdef", FrameReading.Of(Codec, "abcdef\n", int.MaxValue).Text);
        Assert.Equal(FrameStatus.NeedMoreData, FrameReading.Of(Codec, "abcdef", int.MaxValue).Status);
    }

    [Fact]
    public void TakesOneLineAtATime_WhenSeveralAreThere()
    {
        foreach (var shape in Segments.Shapes("ab\n\ncde\nf"u8.ToArray()))
        {
            var reader = new SequenceReader<byte>(shape);
            var scanned = 0;
            Assert.Equal("ab", FrameReading.Next(Codec, ref reader, Limit, ref scanned).Text);
            Assert.Equal("", FrameReading.Next(Codec, ref reader, Limit, ref scanned).Text);
            Assert.Equal("cde", FrameReading.Next(Codec, ref reader, Limit, ref scanned).Text);
            Assert.Equal(FrameStatus.NeedMoreData, FrameReading.Next(Codec, ref reader, Limit, ref scanned).Status);
            Assert.Equal(1, scanned);
        }
    }

    [Theory]
    [InlineData("", "\n")]
    [InlineData("a\r\0", "a\r\0\n")]
    public void WritesThePayloadAndALineFeed(string payload, string bytes)
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.Write(output, Encoding.Latin1.GetBytes(payload));
        Assert.Equal(bytes, Encoding.Latin1.GetString(output.WrittenSpan));
    }
}
