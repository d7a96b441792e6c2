using System.Buffers;

namespace OrleansEcho.Protocols;

/// <summary>
/// A message ends with LF (0x0A); its payload is everything before it. No other byte means anything: CR and NUL are payload
/// and come back unchanged, so that a client that ends its lines with CR LF gets CR LF.
/// </summary>
internal sealed class LineCodec : IFrameCodec
{
    private const byte Terminator = (byte)'\n';

    /// <inheritdoc />
    public string Name => "line";

    /// <inheritdoc />
    public FrameStatus TryRead(ref SequenceReader<byte> reader, int maxPayload, ref int scanned, out ReadOnlySequence<byte> payload)
    {
        // 1. The current segment, where nearly every line ends: without the slices of step 2, which cost more than the search.
        var searched = scanned;
        var status = TryRead(reader.UnreadSpan, maxPayload, ref searched, out var line);
        if (status is FrameStatus.Complete) return Take(ref reader, line.Length, ref scanned, out payload);
        payload = default;
        if (status is FrameStatus.TooLong) return status;

        // 2. The segments behind it, from where the search, this one or an earlier one, stopped.
        var unread = reader.UnreadSequence;
        var searchable = Math.Min(reader.Remaining, maxPayload + 1L);
        if (unread.Slice(searched, searchable - searched).PositionOf(Terminator) is { } end)
            return Take(ref reader, unread.Slice(0, end).Length, ref scanned, out payload);
        if (searchable > maxPayload) return FrameStatus.TooLong;
        scanned = (int)searchable;
        return FrameStatus.NeedMoreData;
    }

    /// <inheritdoc />
    public FrameStatus TryRead(ReadOnlySpan<byte> bytes, int maxPayload, ref int scanned, out FrameExtent frame)
    {
        // The last place where the terminator can stand is right behind the longest payload: what comes after is never looked at.
        var searchable = bytes.Length <= maxPayload ? bytes : bytes[..(maxPayload + 1)];
        frame = default;
        if (scanned < searchable.Length)
        {
            var found = searchable[scanned..].IndexOf(Terminator);
            if (found >= 0)
            {
                frame = new(0, scanned + found, scanned + found + 1);
                scanned = 0;
                return FrameStatus.Complete;
            }
        }

        if (searchable.Length > maxPayload) return FrameStatus.TooLong;
        scanned = Math.Max(scanned, searchable.Length);
        return FrameStatus.NeedMoreData;
    }

    /// <inheritdoc />
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload)
    {
        // A short line takes one trip to the writer; a long one is cut at the writer's own segments instead of asking for a big one.
        var room = output.GetSpan(1);
        if (payload.Length < room.Length)
        {
            payload.CopyTo(room);
            room[payload.Length] = Terminator;
            output.Advance(payload.Length + 1);
            return;
        }

        output.Write(payload);
        output.Write([Terminator]);
    }

    /// <inheritdoc />
    /// <remarks><c>-ERR reason text</c> and LF: the error line of POP3 (RFC 1939) and of Redis, which people know by sight.</remarks>
    public bool TryWriteRefusal(IBufferWriter<byte> output, string reason, string text)
    {
        Span<byte> words = stackalloc byte[RefusalWords.MaxBytes];
        words = words[..RefusalWords.Encode(reason, text, words)];
        output.Write("-ERR "u8);
        Write(output, words);
        return true;
    }

    private static FrameStatus Take(ref SequenceReader<byte> reader, long length, ref int scanned, out ReadOnlySequence<byte> payload)
    {
        payload = reader.Sequence.Slice(reader.Position, length);
        reader.Advance(length + 1);
        scanned = 0;
        return FrameStatus.Complete;
    }
}
