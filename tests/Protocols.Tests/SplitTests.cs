using System.Text;

namespace OrleansEcho.Protocols.Tests;

/// <summary>TCP cuts a stream anywhere: no cut, and no shape of the buffer, may change what is read.</summary>
public sealed class SplitTests
{
    public static TheoryData<string, string, string> Frames => new()
    {
        { "line", "\n", "" },
        { "line", "x\n", "x" },
        { "line", "hello\r\n", "hello\r" },
        { "line", "0123456789abcdef\n", "0123456789abcdef" },
        { "length-prefixed", "\0\0\0\0", "" },
        { "length-prefixed", "\0\0\0\u0001\n", "\n" },
        { "length-prefixed", "\0\0\0\u0010" + "0123456789abcdef", "0123456789abcdef" },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public void EveryPrefixNeedsMoreDataAndConsumesNothing(string framing, string frame, string payload)
    {
        const string before = "another's";
        var codec = Get(framing);
        var stream = Encoding.Latin1.GetBytes(before + frame);
        var limit = Math.Max(payload.Length, 1);
        for (var there = before.Length; there < stream.Length; there++)
        {
            foreach (var shape in Segments.Shapes(stream.AsMemory(0, there)))
            {
                // FrameReading itself asserts that nothing was consumed or handed out.
                var partial = FrameReading.Of(codec, shape, limit, start: before.Length);
                Assert.Equal(FrameStatus.NeedMoreData, partial.Status);

                var whole = FrameReading.Of(codec, Segments.Cut(stream, 1), limit, partial.Scanned, before.Length);
                Assert.Equal(FrameStatus.Complete, whole.Status);
                Assert.Equal(payload, whole.Text);
                Assert.Equal(frame.Length, whole.Consumed);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void FrameIsReadWhole_InEveryShape(string framing, string frame, string payload)
    {
        var stream = Encoding.Latin1.GetBytes(frame + "next");
        foreach (var shape in Segments.Shapes(stream))
        {
            var reading = FrameReading.Of(Get(framing), shape, Math.Max(payload.Length, 1));
            Assert.Equal(FrameStatus.Complete, reading.Status);
            Assert.Equal(payload, reading.Text);
            Assert.Equal(frame.Length, reading.Consumed);
        }
    }

    [Theory]
    [InlineData("line", "one\n\ntwo\r\nthree\n")]
    [InlineData("length-prefixed", "\0\0\0\u0003one\0\0\0\0\0\0\0\u0004two\r\0\0\0\u0005three")]
    public void SamePayloadsAreRead_WhenTheStreamArrivesInTwoPacketsCutAnywhere(string framing, string text)
    {
        var stream = Encoding.Latin1.GetBytes(text);
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            var reader = new PacketReader(Get(framing), 5, 2);
            reader.Receive(stream.AsMemory(0, cut));
            reader.Receive(stream.AsMemory(cut));

            Assert.Equal(["one", "", "two\r", "three"], reader.Payloads.Select(Encoding.Latin1.GetString));
            Assert.Equal(0, reader.UnreadBytes);
        }
    }

    private static IFrameCodec Get(string framing) =>
        Framings.TryGet(framing, out var codec) ? codec : throw new ArgumentException(framing);
}
