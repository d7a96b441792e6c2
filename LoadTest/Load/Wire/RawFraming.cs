namespace OrleansEcho.LoadTest.Load.Wire;

/// <summary>A stream without messages: only who knows what was sent can tell them apart, and nothing can be refused in words.</summary>
internal sealed class RawFraming : WireFraming
{
    public override string Name => "raw";

    public override int Before => 0;

    public override int After => 0;

    public override bool HasMessages => false;

    public override void Wrap(Span<byte> frame)
    {
    }

    public override bool TryRead(ReadOnlySpan<byte> bytes, int longest, out WireFrame frame)
    {
        frame = new WireFrame(bytes.Length, bytes);
        return bytes.Length > 0;
    }
}
