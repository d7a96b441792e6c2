using System.Text;

namespace OrleansEcho.Protocols;

/// <summary>The words of a refusal, made safe to stand in any framing: one line of valid UTF-8, of bounded length.</summary>
internal static class RefusalWords
{
    /// <summary>
    /// The most bytes of <c>reason text</c>. A sentence for a person fits, and the client's buffer, ours on the stack and an
    /// operator's terminal need not care; POP3 (RFC 1939, 512 with its terminator) is twice as generous.
    /// </summary>
    public const int MaxBytes = 256;

    /// <summary>Writes <c>reason text</c>, or <c>reason</c> alone when there is no text; cut between characters if too long.</summary>
    /// <param name="reason">One word out of the closed list of reasons.</param>
    /// <param name="text">One sentence for a person; a line break or another control character becomes a space.</param>
    /// <param name="words">Where to; <see cref="MaxBytes"/> suffice.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Encode(string reason, string text, Span<byte> words)
    {
        var written = Append(reason, words);
        if (text.Length == 0) return written;
        written += Append(" ", words[written..]);
        return written + Append(text, words[written..]);
    }

    /// <returns>The number of bytes written: less than all of <paramref name="part"/> when there is no room for it.</returns>
    private static int Append(string part, Span<byte> words)
    {
        // Half of a surrogate pair comes out of EnumerateRunes as U+FFFD: what is written is always valid UTF-8.
        var written = 0;
        foreach (var rune in part.EnumerateRunes())
        {
            if (!(BreaksLine(rune) ? new Rune(' ') : rune).TryEncodeToUtf8(words[written..], out var length)) break;
            written += length;
        }

        return written;
    }

    /// <summary>LF ends a line of ours; CR, NEL, VT, FF and the two separators of Unicode do so for some client or terminal.</summary>
    private static bool BreaksLine(Rune rune) => Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029;
}
