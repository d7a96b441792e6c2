using System.Buffers.Binary;

namespace OrleansEcho.LoadTest.Load.Wire;

/// <summary>Four bytes of length, big-endian, then a message; with the top bit set a refusal.</summary>
internal sealed class LengthPrefixedFraming : WireFraming
{
    private const int RefusalMark = int.MinValue;

    public override string Name => "length-prefixed";

    public override int Before => sizeof(int);

    public override int After => 0;

    public override void Wrap(Span<byte> frame) => BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - sizeof(int));

    public override bool MayBeRefusal(ReadOnlySpan<byte> beginning) => (beginning[0] & 0x80) != 0;

    public override bool TryRead(ReadOnlySpan<byte> bytes, int longest, out WireFrame frame)
    {
        frame = default;
        if (bytes.Length < sizeof(int)) return false;
        var prefix = BinaryPrimitives.ReadInt32BigEndian(bytes);
        var length = prefix & ~RefusalMark;
        if (length > longest - sizeof(int))
        {
            frame = new WireFrame(1, bytes[..1]); // no length: whoever waited for so much would wait for ever
            return true;
        }

        if (bytes.Length - sizeof(int) < length) return false;
        frame = new WireFrame(sizeof(int) + length, bytes.Slice(sizeof(int), length), isRefusal: (prefix & RefusalMark) != 0);
        return true;
    }
}
