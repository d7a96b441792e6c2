using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using CsCheck;
using OrleansEcho.Gateway.Connections;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Tests.Connections;

public sealed class SetReaderTests
{
    private static readonly ConnectionLimits Roomy = new() { MaxMessageBytes = 100, MaxBytesInFlight = 1000 };

    [Fact]
    public void AllCompleteMessagesAreOneSet()
    {
        var taken = Take("a\nbb\n\nccc\nnot comp");

        Assert.Equal("a|bb||ccc", taken.Set?.Text());
        Assert.Equal(("not comp", FrameStatus.NeedMoreData, 8), (taken.Left, taken.Status, taken.Scanned));
        Assert.Equal(7, taken.Set?.Sequence);
    }

    [Fact]
    public void OneMessageNeedsNoLengths()
    {
        var taken = Take("alone\nnot comp");

        Assert.Null(taken.Set?.Lengths);
        Assert.Equal(("alone", "not comp", 8), (taken.Set?.Text(), taken.Left, taken.Scanned));
    }

    [Fact]
    public void NoCompleteMessageIsNoSet()
    {
        var taken = Take("not comp", scanned: 3);

        Assert.Null(taken.Set);
        Assert.Equal(("not comp", FrameStatus.NeedMoreData, 8), (taken.Left, taken.Status, taken.Scanned));
    }

    [Theory]
    [InlineData("aaaa\nbbbb\ncccc\ndddd\n", "aaaa|bbbb", "cccc\ndddd\n")] // the third would be too much
    [InlineData("aaaa\nbbbbbb\ncc\n", "aaaa|bbbbbb", "cc\n")] // exactly full
    [InlineData("aaaaaaaaaaaaaaa\nb\n", "aaaaaaaaaaaaaaa", "b\n")] // one message may be more
    [InlineData("aaaaa\nbbbbbbbbbbbbbbb\n", "aaaaa", "bbbbbbbbbbbbbbb\n")] // but not together with another
    public void AFullSetLeavesTheRestUnread(string bytes, string set, string rest)
    {
        var taken = Take(bytes, Roomy with { MaxBytesInFlight = 10 });

        Assert.Equal(set, taken.Set?.Text());
        Assert.Equal((rest, FrameStatus.Complete, 0), (taken.Left, taken.Status, taken.Scanned));
    }

    [Fact]
    public void ASetOfEmptyMessagesIsBoundedByTheirNumber()
    {
        var taken = Take(new string('\n', SetReader.MaxMessages + 5));

        Assert.Equal(SetReader.MaxMessages, taken.Set?.Count);
        Assert.Empty(taken.Set!.Bytes);
        Assert.Equal((new string('\n', 5), FrameStatus.Complete, 0), (taken.Left, taken.Status, taken.Scanned));
    }

    [Theory]
    [InlineData("good\nb\ntoolong", "good|b")]
    [InlineData("good\ntoolong", "good")]
    [InlineData("toolong", null)]
    public void GoodMessagesBeforeOneThatIsTooLongAreTakenFirst(string bytes, string? set)
    {
        var taken = Take(bytes, Roomy with { MaxMessageBytes = 4 });

        Assert.Equal(set, taken.Set?.Text());
        Assert.Equal(("toolong", FrameStatus.TooLong), (taken.Left, taken.Status));
    }

    [Theory]
    [InlineData("a\nb\n", true, true)]
    [InlineData("a\n", true, true)]
    [InlineData("a\nb\n", false, false)]
    [InlineData("aaaaaaaa\nbbbbbbbb\n", true, false)] // full: another set follows
    public void OnlyTheSetBeforeTheEndIsTheLast(string bytes, bool isEnd, bool isLast) =>
        Assert.Equal(isLast, Take(bytes, Roomy with { MaxBytesInFlight = 10 }, isEnd: isEnd).Set?.IsLast);

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    [InlineData("raw")]
    public void AnyStreamInAnyReadsGivesTheSameMessagesInOrder(string framing)
    {
        var codec = Messages.Codec(framing);
        var byteOf = framing is "line" ? Gen.Byte.Where(b => b != '\n') : Gen.Byte;
        Gen.Select(byteOf.Array[0, 60].Array[0, 30], Gen.Int[0, 20], Gen.Int[1, 120], Gen.OneOf(Gen.Int[1, 5], Gen.Int[1, 200]).Array[1, 6])
            .Sample(
                (payloads, slack, maxInFlight, reads) =>
                {
                    var longest = framing is "raw" ? 0 : payloads.Select(p => p.Length).DefaultIfEmpty().Max();
                    var limit = new ConnectionLimits { MaxMessageBytes = Math.Max(1, longest + slack), MaxBytesInFlight = maxInFlight };
                    var stream = codec.Frames(payloads);
                    var sets = ReadAll(codec, stream, reads, limit);

                    foreach (var set in sets)
                    {
                        Assert.True(set.Count is 1 || set.Bytes.Length <= maxInFlight,
                            $"{set.Count} messages of {set.Bytes.Length} bytes in one set");
                    }

                    var messages = sets.SelectMany(s => s.Payloads());
                    Assert.Equal(stream, codec.Frames(messages)); // for raw the cuts are free; for the others the frames say where they are
                    Assert.Equal(Enumerable.Range(1, sets.Count), sets.Select(s => (int)s.Sequence));
                },
                iter: 3_000);
    }

    /// <summary>Reads as the pump does, through a pipe of small segments.</summary>
    private static List<MessageSet> ReadAll(IFrameCodec codec, byte[] stream, int[] reads, ConnectionLimits limits)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 16, useSynchronizationContext: false));
        var sets = new List<MessageSet>();
        var scanned = 0;
        for (int at = 0, turn = 0; at < stream.Length; turn++)
        {
            var size = Math.Min(reads[turn % reads.Length], stream.Length - at);
            pipe.Writer.Write(stream.AsSpan(at, size));
            _ = pipe.Writer.FlushAsync().AsTask();
            at += size;
            FrameStatus status;
            do
            {
                Assert.True(pipe.Reader.TryRead(out var read), "nothing to read after a full set");
                var rest = read.Buffer;
                status = SetReader.Take(
                    codec, ref rest, limits, ref scanned, sets.Count + 1, ArrayPool<byte>.Shared, isEnd: false, out var set);
                if (set is not null) sets.Add(set);
                Assert.True(set is not null || status is FrameStatus.NeedMoreData, $"no set, but {status}");
                pipe.Reader.AdvanceTo(rest.Start, status is FrameStatus.Complete ? rest.Start : rest.End);
            }
            while (status is FrameStatus.Complete);
        }

        return sets;
    }

    private static (MessageSet? Set, string Left, FrameStatus Status, int Scanned) Take(
        string bytes, ConnectionLimits? limits = null, int scanned = 0, bool isEnd = false)
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(bytes));
        var status = SetReader.Take(Framings.Line, ref buffer, limits ?? Roomy, ref scanned, 7, ArrayPool<byte>.Shared, isEnd, out var set);
        return (set, Encoding.Latin1.GetString(buffer.ToArray()), status, scanned);
    }
}
