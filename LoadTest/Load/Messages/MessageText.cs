namespace OrleansEcho.LoadTest.Load.Messages;

/// <summary>The bytes of a run's messages. Nothing is kept of a message: they are made again when its echo comes.</summary>
internal sealed class MessageText
{
    private const int Offsets = 4096;

    private readonly byte[] _filler;

    /// <summary>Makes the text of a run.</summary>
    /// <param name="run">Tells this run's messages from another's: 24 bits count.</param>
    /// <param name="longest">The longest message, in bytes.</param>
    public MessageText(int run, int longest)
    {
        Run = run;
        _filler = new byte[Offsets + longest];
        var random = new Random(run);
        // Printable, so that a capture can be read; no LF, and nothing that compresses well.
        foreach (ref var letter in _filler.AsSpan()) letter = (byte)random.Next(' ', '~' + 1);
    }

    /// <summary>Which run.</summary>
    public int Run { get; }

    /// <summary>Makes a message, and gives its checksum.</summary>
    public uint Write(Span<byte> message, ReadOnlySpan<byte> owner, long sequence)
    {
        Fill(message, owner, sequence);
        return MessageStamp.Write(message, sequence);
    }

    /// <summary>Makes a message again.</summary>
    public void Write(Span<byte> message, ReadOnlySpan<byte> owner, long sequence, uint checksum)
    {
        Fill(message, owner, sequence);
        MessageStamp.Write(message, sequence, checksum);
    }

    // The filler begins elsewhere in each message, so that bytes of another one are noticed.
    private void Fill(Span<byte> message, ReadOnlySpan<byte> owner, long sequence)
    {
        owner.CopyTo(message);
        _filler.AsSpan((int)((sequence * 31) + (owner[^1] * 7)) & (Offsets - 1), message.Length - MessageStamp.Length).CopyTo(message[MessageStamp.Length..]);
    }
}
