using System.Buffers;
using CsCheck;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Load.Wire;
using OrleansEcho.Protocols;

namespace OrleansEcho.LoadTest.Tests.Load.Wire;

/// <summary>What the load tester writes and reads is what the gateway's own codecs read and write.</summary>
public sealed class WireFramingTests
{
    private const int Longest = 512;

    private static readonly Gen<byte[]> Messages = Gen.Byte.Array[1, 300].Select(bytes => bytes.Select(b => b is (byte)'\n' ? (byte)' ' : b).ToArray());

    public static TheoryData<string> All => [.. Framings.Names];

    [Fact]
    public void ThereIsOneForEachFramingOfTheGateway() => Assert.Equal(Framings.Names.Order(), WireFraming.Names.Order());

    [Theory]
    [MemberData(nameof(All))]
    public void AFrameHasTheCodecsBytes_AndIsReadAsSoonAsItIsWhole(string name)
    {
        var framing = WireFraming.Of(name);
        Messages.Sample(message =>
        {
            var expected = new ArrayBufferWriter<byte>();
            Codec(name).Write(expected, message);
            var frame = new byte[framing.Before + message.Length + framing.After];
            message.CopyTo(frame, framing.Before);
            framing.Wrap(frame);
            Assert.Equal(expected.WrittenSpan, frame);

            if (!framing.HasMessages) return;
            for (var length = 0; length < frame.Length; length++) Assert.False(framing.TryRead(frame.AsSpan(0, length), Longest, out _));
            Assert.True(framing.TryRead([.. frame, 1, 2, 3], Longest, out var read));
            Assert.Equal((frame.Length, false), (read.Length, read.IsRefusal && !message.AsSpan().StartsWith("-ERR "u8)));
        }, iter: 200);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ARefusalIsReadAsOne(string name)
    {
        var words = new ArrayBufferWriter<byte>();
        if (!Codec(name).TryWriteRefusal(words, "QuotaExceeded", "The cluster is full.")) return; // raw has no words

        Assert.True(WireFraming.Of(name).TryRead(words.WrittenSpan, Longest, out var frame));
        Assert.Equal((words.WrittenCount, true, "QuotaExceeded"), (frame.Length, frame.IsRefusal, RefusalReason.Of(frame.Message)));
    }

    private static IFrameCodec Codec(string name) => Framings.TryGet(name, out var codec) ? codec : throw new ArgumentException(name);
}
