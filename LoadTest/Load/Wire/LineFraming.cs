namespace OrleansEcho.LoadTest.Load.Wire;

/// <summary>A message ends with LF; a refusal is the line <c>-ERR reason text</c>, which no message of ours can be.</summary>
internal sealed class LineFraming : WireFraming
{
    private static ReadOnlySpan<byte> Refusal => "-ERR "u8;

    public override string Name => "line";

    public override int Before => 0;

    public override int After => 1;

    public override void Wrap(Span<byte> frame) => frame[^1] = (byte)'\n';

    public override bool MayBeRefusal(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Refusal) || Refusal.StartsWith(beginning);

    public override bool TryRead(ReadOnlySpan<byte> bytes, int longest, out WireFrame frame)
    {
        frame = default;
        var end = bytes[..Math.Min(bytes.Length, longest)].IndexOf((byte)'\n');
        if (end < 0)
        {
            if (bytes.Length < longest) return false;
            frame = new WireFrame(longest, bytes[..longest]);
            return true;
        }

        var line = bytes[..end];
        frame = line.StartsWith(Refusal) ? new WireFrame(end + 1, line[Refusal.Length..], isRefusal: true) : new WireFrame(end + 1, line);
        return true;
    }
}
