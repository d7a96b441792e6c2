using System.Text;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load;

/// <summary>The word by which a gateway says why it refuses or closes a connection.</summary>
internal static class RefusalReason
{
    private const int Longest = 40;

    /// <summary>The reason of a refusal: its first word; whoever says something else is quoted with care.</summary>
    public static string Of(ReadOnlySpan<byte> words)
    {
        var end = words.IndexOf((byte)' ');
        var word = end < 0 ? words : words[..end];
        if (word.Length > Longest) word = word[..Longest];
        return word.IndexOfAnyExcept(Letters) < 0 && word.Length > 0 ? Encoding.ASCII.GetString(word) : "?";
    }

    /// <summary>The class of a reason.</summary>
    public static ErrorClass ClassOf(string reason) => reason.StartsWith("Quota", StringComparison.Ordinal) ? ErrorClass.Quota : ErrorClass.Refused;

    private static readonly System.Buffers.SearchValues<byte> Letters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8);
}
