using System.Buffers;
using System.Text.RegularExpressions;

namespace OrleansEcho.Protocols.Tests;

/// <summary>docs/protocols.md is what people write clients from: its frames are read and written here as they stand there.</summary>
public sealed partial class ProtocolDocumentationTests
{
    private static readonly string Document = Repository.Read("docs", "protocols.md");

    [Fact]
    public void EveryFramingHasASectionAndAFrame()
    {
        var shown = FrameRow().Matches(Document).Select(row => row.Groups["framing"].Value).Distinct();
        Assert.Equal(Framings.Names, shown);
        Assert.All(Framings.Names, name => Assert.Contains($"\n### {name}\n", Document, StringComparison.Ordinal));
    }

    [Fact]
    public void FramesAreReadAndWrittenAsShown()
    {
        foreach (Match row in FrameRow().Matches(Document))
        {
            Assert.True(Framings.TryGet(row.Groups["framing"].Value, out var codec));
            var frame = Bytes(row.Groups["frame"].Value);
            var payload = Bytes(row.Groups["payload"].Value);

            var reading = FrameReading.Of(codec, new ReadOnlySequence<byte>(frame), maxPayload: 64);
            Assert.Equal(FrameStatus.Complete, reading.Status);
            Assert.Equal(payload, reading.Payload);
            Assert.Equal(frame.Length, reading.Consumed);

            var output = new ArrayBufferWriter<byte>();
            codec.Write(output, payload);
            Assert.Equal(frame, output.WrittenSpan.ToArray());
        }
    }

    [Fact]
    public void RefusalIsWrittenAsShown()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(Framings.LengthPrefixed.TryWriteRefusal(output, "Draining", ""));
        var shown = string.Join(' ', output.WrittenSpan.ToArray().Select(b => b.ToString("X2", null)));
        Assert.Contains($"`{shown}`", Document, StringComparison.Ordinal);
    }

    [Fact]
    public void LengthOfARefusalIsBoundedAsPromised() =>
        Assert.Contains($"at most {RefusalWords.MaxBytes} bytes", Document, StringComparison.Ordinal);

    [GeneratedRegex(@"^\| `(?<framing>[a-z-]+)` \| `(?<frame>[0-9A-F ]+)` \|( `(?<payload>[0-9A-F ]+)`)? \|\r?$", RegexOptions.Multiline)]
    private static partial Regex FrameRow();

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
