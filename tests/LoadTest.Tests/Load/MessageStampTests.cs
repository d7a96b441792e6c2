using CsCheck;
using OrleansEcho.LoadTest.Load.Messages;

namespace OrleansEcho.LoadTest.Tests.Load;

public sealed class MessageStampTests
{
    private static readonly Gen<(int Run, long Connection, long Sequence, int Size)> Stamps =
        Gen.Select(Gen.Int[0, (1 << 24) - 1], Gen.Long[0, (1L << 36) - 1], Gen.Long[0, (1L << 36) - 1], Gen.Int[MessageStamp.Length, 400]);

    [Fact]
    public void AMessageSaysWhoseItIs_InPrintableCharacters() => Stamps.Sample(stamp =>
    {
        var message = Make(stamp);
        Assert.True(MessageStamp.TryRead(message, stamp.Run, out var connection, out var sequence));
        Assert.Equal((stamp.Connection, stamp.Sequence), (connection, sequence));
        Assert.All(message, letter => Assert.InRange(letter, (byte)' ', (byte)'~'));
        Assert.False(MessageStamp.TryRead(message, stamp.Run ^ 1, out _, out _));
    }, iter: 500);

    [Fact]
    public void AnyByteThatIsChangedIsNoticed() => Gen.Select(Stamps, Gen.Int[0, 399], Gen.Byte[1, 255]).Sample((stamp, at, change) =>
    {
        var message = Make(stamp);
        message[at % message.Length] ^= change;
        Assert.False(MessageStamp.TryRead(message, stamp.Run, out _, out _));
    }, iter: 2000);

    private static byte[] Make((int Run, long Connection, long Sequence, int Size) stamp)
    {
        var owner = new byte[MessageStamp.OwnerLength];
        MessageStamp.WriteOwner(owner, stamp.Run, stamp.Connection);
        var message = new byte[stamp.Size];
        new MessageText(stamp.Run, stamp.Size).Write(message, owner, stamp.Sequence);
        return message;
    }
}
