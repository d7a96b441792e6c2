using System.Buffers;
using System.IO.Pipelines;
using CsCheck;

namespace OrleansEcho.Protocols.Tests;

public sealed class RoundTripTests
{
    private const int Limit = 300;
    private const int Iterations = 5_000;

    private static readonly Gen<byte[]> Payload = Gen.Byte.Array[0, Limit];
    private static readonly Gen<byte[]> LinePayload = Gen.Byte.Where(b => b != '\n').Array[0, Limit];
    private static readonly Gen<int[]> PacketSizes = Gen.OneOf(Gen.Int[1, 8], Gen.Int[1, 700]).Array[1, 8];
    private static readonly Gen<int[]> SegmentSizes = Gen.OneOf(Gen.Int[0, 8], Gen.Int[1, 700]).Array[1, 8].Where(sizes => sizes.Sum() > 0);

    [Fact]
    public void LinesComeBack() => Check(Framings.Line, LinePayload);

    [Fact]
    public void LengthPrefixedMessagesComeBack() => Check(Framings.LengthPrefixed, Payload);

    [Fact]
    public void RawBytesComeBackInOrder() =>
        Gen.Select(Gen.Byte.Array[0, 2_000], Gen.Int[1, Limit], PacketSizes, SegmentSizes).Sample(
            (bytes, limit, packets, segments) =>
            {
                var reader = new PacketReader(Framings.Raw, limit, segments).ReceiveAll(bytes, packets);
                var output = new ArrayBufferWriter<byte>();
                foreach (var payload in reader.Payloads) Framings.Raw.Write(output, payload);

                Assert.Equal(bytes, output.WrittenSpan.ToArray());
                Assert.Equal(0, reader.UnreadBytes);
            },
            iter: Iterations);

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    [InlineData("raw")]
    public async Task EveryLengthFitsAPipeOfSmallSegments(string framing)
    {
        const int segmentBytes = 4096;
        Assert.True(Framings.TryGet(framing, out var codec));
        int[] lengths = [1, .. Enumerable.Range(segmentBytes - 6, 8), 64 * 1024];
        foreach (var length in lengths)
        {
            // Some bytes before it, so that the frame begins anywhere in a segment.
            foreach (var before in new[] { 0, 1, segmentBytes - 4, segmentBytes - 1 })
            {
                var pipe = new Pipe(new PipeOptions(minimumSegmentSize: segmentBytes, pauseWriterThreshold: 0));
                pipe.Writer.Write(new byte[before]);
                var payload = Enumerable.Range(0, length).Select(i => (byte)(i % 251 + (i % 251 >= '\n' ? 1 : 0))).ToArray();
                codec.Write(pipe.Writer, payload);
                await pipe.Writer.CompleteAsync();
                var read = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);

                foreach (var segment in read.Buffer) Assert.InRange(segment.Length, 0, segmentBytes);
                Assert.Equal(payload, FrameReading.Of(codec, read.Buffer, length, start: before).Payload);
            }
        }
    }

    private static void Check(IFrameCodec codec, Gen<byte[]> payload) =>
        Gen.Select(payload.Array[0, 12], PacketSizes, SegmentSizes).Sample(
            (payloads, packets, segments) =>
            {
                var stream = new ArrayBufferWriter<byte>();
                foreach (var each in payloads) codec.Write(stream, each);
                var reader = new PacketReader(codec, Limit, segments).ReceiveAll(stream.WrittenMemory, packets);

                Assert.Equal(payloads, reader.Payloads);
                Assert.Equal(FrameStatus.NeedMoreData, reader.Status);
                Assert.Equal(0, reader.UnreadBytes);
            },
            iter: Iterations);
}
