using System.Diagnostics.CodeAnalysis;

namespace OrleansEcho.Protocols;

/// <summary>The framings there are. Their codecs have no state: each is one instance for every connection.</summary>
public static class Framings
{
    /// <summary>
    /// <c>line</c>: a message ends with LF (0x0A), which is no part of the payload; any other byte, CR and NUL too, is.
    /// A refusal is the line <c>-ERR reason text</c>.
    /// </summary>
    public static IFrameCodec Line { get; } = new LineCodec();

    /// <summary>
    /// <c>length-prefixed</c>: 4 bytes, big-endian, from 0 to 2³¹ − 1, then a payload of as many bytes. A refusal is a prefix whose top
    /// bit is set and whose other 31 bits are a length, then as many bytes of UTF-8: <c>reason text</c>.
    /// </summary>
    public static IFrameCodec LengthPrefixed { get; } = new LengthPrefixedCodec();

    /// <summary><c>raw</c>: a stream without messages (RFC 862). What has arrived is a payload; there are no words for a refusal.</summary>
    public static IFrameCodec Raw { get; } = new RawCodec();

    // Below the three properties: static initializers run from top to bottom.
    private static readonly IFrameCodec[] All = [Line, LengthPrefixed, Raw];

    /// <summary>The names of all framings, for an error message that lists what could have been configured.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(codec => codec.Name)];

    /// <summary>Finds a framing by its <see cref="IFrameCodec.Name"/>.</summary>
    /// <param name="name">As configured: in any case, like the keys and the enumerations of a configuration.</param>
    /// <param name="codec">The framing; null when no framing has this name.</param>
    public static bool TryGet(string name, [NotNullWhen(true)] out IFrameCodec? codec)
    {
        codec = Array.Find(All, candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        return codec is not null;
    }
}
