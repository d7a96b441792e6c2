using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using CsCheck;

namespace OrleansEcho.Protocols.Tests;

public sealed class RefusalCodecTests
{
    /// <summary>What docs/protocols.md promises a client: the most bytes of <c>reason text</c>.</summary>
    private const int MostWords = 256;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [Fact]
    public void LineIsRefusedWithAnErrLine() =>
        Assert.Equal("-ERR Draining The gateway is stopping.\n"u8, Refusal(Framings.Line, "Draining", "The gateway is stopping."));

    [Fact]
    public void LengthPrefixedIsRefusedWithAMarkedLength() =>
        Assert.Equal(
            [0x80, 0x00, 0x00, 0x0B, .. "Draining No"u8],
            Refusal(Framings.LengthPrefixed, "Draining", "No"));

    [Fact]
    public void RawHasNoWords()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.False(Framings.Raw.TryWriteRefusal(output, "Draining", "The gateway is stopping."));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void ReasonStandsAlone_WhenThereIsNoText()
    {
        Assert.Equal("-ERR Draining\n"u8, Refusal(Framings.Line, "Draining", ""));
        Assert.Equal([0x80, 0x00, 0x00, 0x08, .. "Draining"u8], Refusal(Framings.LengthPrefixed, "Draining", ""));
    }

    [Theory]
    [InlineData("a\nb", "a b")]
    [InlineData("a\r\nb", "a  b")]
    [InlineData("a\0b\tc\u001b[2Jd\u007f", "a b c [2Jd ")]
    [InlineData("a\u0085b\u2028c\u2029d\u000be\u000cf", "a b c d e f")]
    [InlineData("zu spät – 遅い 🐢", "zu spät – 遅い 🐢")]
    public void TextStaysOneLine(string text, string told) =>
        Assert.Equal($"-ERR IdleTimeout {told}\n", Encoding.UTF8.GetString(Refusal(Framings.Line, "IdleTimeout", text)));

    [Fact]
    public void HalfASurrogatePairIsReplaced()
    {
        // Built here: an attribute cannot carry an invalid string.
        var text = "a" + '\ud83d' + "b" + '\udc22';
        Assert.Equal("-ERR IdleTimeout a\ufffdb\ufffd\n", StrictUtf8.GetString(Refusal(Framings.Line, "IdleTimeout", text)));
    }

    [Fact]
    public void ReasonCannotBreakTheLineEither() =>
        Assert.Equal("-ERR A B text\n"u8, Refusal(Framings.Line, "A\nB", "text"));

    [Theory]
    [InlineData("x", 256)]
    [InlineData("\u00e4", 255)]         // 9 bytes of "Draining ", then 247: 123 pairs and one byte that stays free
    [InlineData("\U0001f422", 253)]
    public void LongTextIsCutBetweenCharacters(string character, int bytes)
    {
        var text = string.Concat(Enumerable.Repeat(character, 1000));
        var words = Words(Refusal(Framings.LengthPrefixed, "Draining", text));

        Assert.Equal(bytes, words.Length);
        Assert.StartsWith("Draining " + character, StrictUtf8.GetString(words), StringComparison.Ordinal);
        Assert.Equal([.. "-ERR "u8, .. words, (byte)'\n'], Refusal(Framings.Line, "Draining", text));
    }

    [Fact]
    public void OverlongReasonLeavesNoRoomForText()
    {
        var refusal = Refusal(Framings.Line, new string('R', 1000), "text");
        Assert.Equal("-ERR " + new string('R', MostWords) + "\n", Encoding.UTF8.GetString(refusal));
    }

    [Fact]
    public void AnyTextIsOneReadableFrame() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.OneOf('\n', '\r', '\0', 'a', 'ä', '\ud83d', '\udc22', '\u2028'), 0, 400]).Sample(
            text =>
            {
                var line = Refusal(Framings.Line, "FrameTooLong", text);
                Assert.Equal(line.Length - 1, line.AsSpan().IndexOf((byte)'\n'));
                Assert.DoesNotContain((byte)'\r', line);
                Assert.InRange(line.Length, 0, 5 + MostWords + 1);
                Assert.StartsWith("-ERR FrameTooLong", StrictUtf8.GetString(line), StringComparison.Ordinal);

                var words = Words(Refusal(Framings.LengthPrefixed, "FrameTooLong", text));
                Assert.Equal(line[5..^1], words);
            },
            iter: 10_000);

    [Fact]
    public void NoEchoLooksLikeARefusal_InLengthPrefixed() =>
        Gen.Byte.Array[0, 500].Sample(payload =>
        {
            // The worst that a client can send: its payload is itself a whole refusal, behind any bytes.
            byte[] worst = [.. payload, .. Refusal(Framings.LengthPrefixed, "Draining", "")];
            var output = new ArrayBufferWriter<byte>();
            Framings.LengthPrefixed.Write(output, worst);
            Assert.Equal(worst.Length, BinaryPrimitives.ReadInt32BigEndian(output.WrittenSpan));
        });

    [Fact]
    public void ClientReadsItsEchoesAndThenTheRefusal()
    {
        var output = new ArrayBufferWriter<byte>();
        Framings.LengthPrefixed.Write(output, "one"u8);
        Framings.LengthPrefixed.Write(output, []);
        Assert.True(Framings.LengthPrefixed.TryWriteRefusal(output, "IdleTimeout", "No message for 60 s."));

        using var stream = new BinaryReader(new MemoryStream(output.WrittenSpan.ToArray()));
        var told = new List<string>();
        while (stream.BaseStream.Position < stream.BaseStream.Length)
        {
            var prefix = BinaryPrimitives.ReadInt32BigEndian(stream.ReadBytes(4));
            var bytes = stream.ReadBytes(prefix & int.MaxValue);
            told.Add((prefix < 0 ? "refused: " : "echo: ") + Encoding.UTF8.GetString(bytes));
        }

        Assert.Equal(["echo: one", "echo: ", "refused: IdleTimeout No message for 60 s."], told);
    }

    private static byte[] Refusal(IFrameCodec codec, string reason, string text)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(codec.TryWriteRefusal(output, reason, text));
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Words(byte[] refusal)
    {
        Assert.Equal(0x8000_0000u | (uint)(refusal.Length - 4), BinaryPrimitives.ReadUInt32BigEndian(refusal));
        return refusal[4..];
    }
}
