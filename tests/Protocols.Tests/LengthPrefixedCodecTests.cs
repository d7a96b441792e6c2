using System.Buffers;

namespace OrleansEcho.Protocols.Tests;

public sealed class LengthPrefixedCodecTests
{
    private const int Limit = 5;

    private static readonly IFrameCodec Codec = Framings.LengthPrefixed;

    [Theory]
    [InlineData("00000000", "")]
    [InlineData("00000001FF", "FF")]
    [InlineData("000000020A0D", "0A0D")]
    [InlineData("000000050000000000", "0000000000")]
    [InlineData("0000000141000000014200", "41")]
    public void PayloadIsAsLongAsThePrefixSays(string bytes, string payload)
    {
        var reading = Read(bytes, Limit);

        Assert.Equal(FrameStatus.Complete, reading.Status);
        Assert.Equal(payload, Convert.ToHexString(reading.Payload));
        Assert.Equal(4 + reading.Payload.Length, reading.Consumed);
    }

    [Fact]
    public void PrefixIsBigEndian()
    {
        byte[] frame = [0x00, 0x01, 0x02, 0x03, .. new byte[0x010203]];
        Assert.Equal(0x010203, FrameReading.Of(Codec, new ReadOnlySequence<byte>(frame), 0x010203).Payload.Length);
        Assert.Equal(FrameStatus.TooLong, FrameReading.Of(Codec, new ReadOnlySequence<byte>(frame), 0x010202).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("FFFFFF")]
    [InlineData("00000001")]
    [InlineData("0000000541424344")]
    public void NeedsMoreData_WhenPrefixOrPayloadIsIncomplete(string bytes) =>
        Assert.Equal(FrameStatus.NeedMoreData, Read(bytes, Limit).Status);

    [Theory]
    [InlineData("00000006", Limit)]
    [InlineData("00000006414243444546", Limit)]
    [InlineData("01000000", Limit)]
    [InlineData("7FFFFFFF", Limit)]
    [InlineData("7FFFFFFF", int.MaxValue - 1)]
    [InlineData("80000000", Limit)]
    [InlineData("80000001", Limit)]
    [InlineData("80000000", int.MaxValue)]
    [InlineData("FFFFFFFF", Limit)]
    [InlineData("FFFFFFFF", int.MaxValue)]
    public void TooLongAtOnce_WhenThePrefixIsAboveTheLimitOrNegative(string bytes, int limit)
    {
        foreach (var shape in Segments.Shapes(Convert.FromHexString(bytes)))
            Assert.Equal(FrameStatus.TooLong, FrameReading.Of(Codec, shape, limit).Status);
    }

    [Fact]
    public void LargestLengthDoesNotOverflow() =>
        Assert.Equal(FrameStatus.NeedMoreData, Read("7FFFFFFF41", int.MaxValue).Status);

    [Theory]
    [InlineData("", "00000000")]
    [InlineData("0A", "000000010A")]
    [InlineData("4142434445", "000000054142434445")]
    public void WritesThePrefixAndThePayload(string payload, string bytes)
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.Write(output, Convert.FromHexString(payload));
        Assert.Equal(bytes, Convert.ToHexString(output.WrittenSpan));
    }

    private static FrameReading Read(string hex, int limit) =>
        FrameReading.Of(Codec, new ReadOnlySequence<byte>(Convert.FromHexString(hex)), limit);
}
