using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace OrleansEcho.ServiceDefaults;

/// <summary>Writes <c>***</c> instead of passwords that it knows, wherever they stand in a text. Immutable.</summary>
internal sealed class PasswordMask
{
    /// <summary>Knows none.</summary>
    public static readonly PasswordMask None = new([]);

    // A password of fewer characters may be a part of any word: it is masked only where it is a word by itself.
    private const int ShortestAnywhere = 8;

    // Servers cut what they repeat: of a longer password so many of its first characters are enough, and what follows of it is masked, too.
    private const int EnoughOfLonger = 16;

    private readonly string[] _forms;
    private readonly SearchValues<string> _beginnings;

    private PasswordMask(string[] forms)
    {
        _forms = forms;
        _beginnings = SearchValues.Create([.. forms.Select(f => f[..Math.Min(f.Length, EnoughOfLonger)])], StringComparison.Ordinal);
    }

    /// <summary>One that knows another password, too.</summary>
    /// <returns>The same instance when there is none, or it is known already.</returns>
    public PasswordMask With(string? password)
    {
        if (string.IsNullOrWhiteSpace(password) || _forms.Contains(password)) return this;
        return new([.. _forms.Union(FormsOf(password))]);
    }

    /// <summary>The text without the passwords.</summary>
    /// <returns>The same instance when none is in it.</returns>
    public string Apply(string text)
    {
        StringBuilder? masked = null;
        var (copied, next) = (0, 0);
        while (text.AsSpan(next).IndexOfAny(_beginnings) is >= 0 and var found)
        {
            var at = next + found;
            var length = LengthAt(text, at);
            next = at + Math.Max(length, 1);
            if (length is 0) continue;
            masked = (masked ?? new StringBuilder(text.Length)).Append(text, copied, at - copied).Append("***");
            copied = next;
        }

        return masked is null ? text : masked.Append(text, copied, text.Length - copied).ToString();
    }

    // As it is, and as it stands in a URL, between quotes of a connection string or of a language, and in JSON.
    private static IEnumerable<string> FormsOf(string password)
    {
        var url = Uri.EscapeDataString(password);
        return
        [
            password,
            url,
            LowerHex(url),
            password.Replace("'", "''", StringComparison.Ordinal),
            password.Replace("\"", "\"\"", StringComparison.Ordinal),
            password.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal),
            password.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal),
            JavaScriptEncoder.Default.Encode(password),
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(password),
        ];
    }

    // Both are in use: %2F and %2f.
    private static string LowerHex(string url)
    {
        var lower = url.ToCharArray();
        for (var i = 0; i < lower.Length; i++)
        {
            if (lower[i] is '%') (lower[i + 1], lower[i + 2]) = (char.ToLowerInvariant(lower[i + 1]), char.ToLowerInvariant(lower[i + 2]));
        }

        return new string(lower);
    }

    // Of the longest that begins there; 0 when none does.
    private int LengthAt(string text, int at)
    {
        var longest = 0;
        foreach (var form in _forms)
        {
            var length = text.AsSpan(at).CommonPrefixLength(form);
            if (length < Math.Min(form.Length, EnoughOfLonger) || length <= longest) continue;
            if (length >= ShortestAnywhere || IsWord(text, at, length)) longest = length;
        }

        return longest;
    }

    private static bool IsWord(string text, int at, int length) =>
        (at is 0 || !IsOfWord(text[at - 1])) && (at + length == text.Length || !IsOfWord(text[at + length]));

    private static bool IsOfWord(char c) => char.IsLetterOrDigit(c) || c is '_';
}
