using CsCheck;

namespace OrleansEcho.Protocols.Tests;

/// <summary>
/// Any bytes, in any packets and segments: the codec answers what a plain reading of the rule, byte by byte, answers. That no more than
/// the limit is handed out, and nothing consumed without a frame, is asserted for every call by <see cref="FrameReading"/>.
/// </summary>
public sealed class HostileBytesTests
{
    private const int Iterations = 20_000;

    // Bytes that mean something to a framing are rare among all bytes: they get half of the draws.
    private static readonly Gen<byte> Byte = Gen.OneOf(Gen.Byte, Gen.OneOf<byte>(0, 0, 0, 1, 3, (byte)'\n', (byte)'\r', 0x7F, 0x80, 0xFF));
    private static readonly Gen<int> Limit = Gen.OneOf(Gen.Int[1, 12], Gen.OneOf(255, 256, 65_536, int.MaxValue));
    private static readonly Gen<int[]> Sizes = Gen.Int[0, 9].Array[1, 6].Where(sizes => sizes.Sum() > 0);

    private delegate (FrameStatus Status, int Consumed, byte[] Payload) Rule(ReadOnlySpan<byte> bytes, int limit);

    [Fact]
    public void LineIsReadByItsRule() => Check(Framings.Line, LineRule);

    [Fact]
    public void LengthPrefixedIsReadByItsRule() => Check(Framings.LengthPrefixed, LengthPrefixedRule);

    [Fact]
    public void RawIsNeverAtALoss() =>
        Gen.Select(Byte.Array[0, 60], Limit, Sizes, Sizes).Sample(
            (bytes, limit, packets, segments) =>
            {
                var reader = new PacketReader(Framings.Raw, limit, segments).ReceiveAll(bytes, packets);
                Assert.Equal(bytes, reader.Payloads.SelectMany(payload => payload));
                Assert.Equal(FrameStatus.NeedMoreData, reader.Status);
            },
            iter: Iterations);

    private static void Check(IFrameCodec codec, Rule rule) =>
        Gen.Select(Byte.Array[0, 60], Limit, Sizes, Sizes).Sample(
            (bytes, limit, packets, segments) =>
            {
                var expected = new List<byte[]>();
                var at = 0;
                var (status, consumed, payload) = rule(bytes, limit);
                for (; status is FrameStatus.Complete; (status, consumed, payload) = rule(bytes.AsSpan(at), limit))
                {
                    expected.Add(payload);
                    at += consumed;
                }

                var reader = new PacketReader(codec, limit, segments).ReceiveAll(bytes, packets);
                Assert.Equal(expected, reader.Payloads);
                Assert.Equal(status, reader.Status);
            },
            iter: Iterations);

    private static (FrameStatus Status, int Consumed, byte[] Payload) LineRule(ReadOnlySpan<byte> bytes, int limit)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == 0x0A) return (FrameStatus.Complete, i + 1, bytes[..i].ToArray());
            if (i == limit) return (FrameStatus.TooLong, 0, []);
        }

        return (FrameStatus.NeedMoreData, 0, []);
    }

    private static (FrameStatus Status, int Consumed, byte[] Payload) LengthPrefixedRule(ReadOnlySpan<byte> bytes, int limit)
    {
        if (bytes.Length < 4) return (FrameStatus.NeedMoreData, 0, []);
        var length = ((((bytes[0] * 256L) + bytes[1]) * 256L + bytes[2]) * 256L) + bytes[3];
        if (length > limit) return (FrameStatus.TooLong, 0, []);
        if (bytes.Length - 4 < length) return (FrameStatus.NeedMoreData, 0, []);
        return (FrameStatus.Complete, 4 + (int)length, bytes.Slice(4, (int)length).ToArray());
    }
}
