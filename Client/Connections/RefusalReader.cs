using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using OrleansEcho.Client.Faults;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Connections;

/// <summary>Reads the words of a refusal, in either framing (docs/protocols.md). Total: what is none gives null.</summary>
internal static class RefusalReader
{
    /// <summary>The most bytes of <c>reason text</c>, as docs/protocols.md promises them.</summary>
    public const int MostWords = 256;

    private const int PrefixBytes = sizeof(int);

    // Reasons for which a connection is refused; those that also close one are a refusal before the first echo only.
    private static readonly EchoReason[] Refusals =
    [
        EchoReason.TooManyConnections, EchoReason.BackendUnavailable, EchoReason.Draining, EchoReason.InternalError,
        EchoReason.QuotaExceeded, EchoReason.QuotaUnavailable, EchoReason.Overloaded, EchoReason.Unknown,
    ];

    /// <summary>The longest line of <c>line</c> that can be a refusal, in bytes.</summary>
    public static int MostLine => Mark.Length + MostWords;

    private static ReadOnlySpan<byte> Mark => "-ERR "u8;

    /// <summary>A line that is not the echo that is owed.</summary>
    public static SessionEnd.Told? ReadLine(in ReadOnlySequence<byte> line, bool hasEchoed)
    {
        if (line.Length > MostLine) return null;
        var bytes = line.ToArray();
        return bytes.AsSpan().StartsWith(Mark) ? Read(bytes.AsSpan(Mark.Length), hasEchoed) : null;
    }

    /// <summary>What follows a length that no payload can have, in <c>length-prefixed</c>.</summary>
    /// <param name="rest">From the length on.</param>
    /// <param name="isAll">Whether nothing more will come: then what is there of the words is taken.</param>
    /// <param name="hasEchoed">Whether the connection had an echo.</param>
    /// <param name="told">The refusal; null when it is none.</param>
    /// <returns>False when more bytes are needed.</returns>
    public static bool TryReadPrefixed(in ReadOnlySequence<byte> rest, bool isAll, bool hasEchoed, out SessionEnd.Told? told)
    {
        told = null;
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        rest.Slice(0, PrefixBytes).CopyTo(prefix);
        var length = BinaryPrimitives.ReadInt32BigEndian(prefix);
        if (length >= 0 || (length & int.MaxValue) > MostWords) return true;
        var words = rest.Slice(PrefixBytes);
        length = (int)Math.Min(length & int.MaxValue, words.Length);
        if (length < (BinaryPrimitives.ReadInt32BigEndian(prefix) & int.MaxValue) && !isAll) return false;
        told = Read(words.Slice(0, length).ToArray(), hasEchoed);
        return true;
    }

    /// <summary>Whether bytes look as if the listener spoke the other framing: what to tell a person whose configuration is wrong.</summary>
    public static string Describe(in ReadOnlySequence<byte> rest, IFrameCodec codec)
    {
        var first = rest.Slice(0, Math.Min(rest.Length, PrefixBytes + 1)).ToArray();
        if (codec == Framings.LengthPrefixed && first.AsSpan().SequenceEqual(Mark)) return "a refusal in the framing line; set Framing to what the listener speaks";
        if (codec == Framings.Line && first is [0x80, 0, _, _, _]) return "a refusal in the framing length-prefixed; set Framing to what the listener speaks";
        return $"bytes that are no {codec.Name} echo of what was sent, and no refusal";
    }

    private static SessionEnd.Told Read(ReadOnlySpan<byte> words, bool hasEchoed)
    {
        var space = words.IndexOf((byte)' ');
        var word = Printable(Encoding.UTF8.GetString(space < 0 ? words : words[..space]));
        var text = space < 0 ? "" : Printable(Encoding.UTF8.GetString(words[(space + 1)..]));

        // TryParse alone would also take numbers.
        var reason = Array.IndexOf(Enum.GetNames<EchoReason>(), word) > 0 ? Enum.Parse<EchoReason>(word) : EchoReason.Unknown;
        return new SessionEnd.Told(reason, word, text, !hasEchoed && Refusals.Contains(reason));
    }

    // Applications print it and log it: what a gateway, or whoever stands there, says must not steer their terminals or look like lines of their own.
    private static string Printable(string text) => text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? '\uFFFD' : c)) : text;

    private static bool IsUnsafe(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
