using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OrleansEcho.ServiceDefaults;

/// <summary>
/// Text of others (a value that somebody configured, a peer's name, a key of a file), made fit to be printed: what the log, the list of faults and the
/// banner write goes through here.
/// </summary>
public static partial class Shown
{
    /// <summary>The text, with what a terminal obeys or hides written out: an escape character as <c>\u001b</c>, a line break as <c>\n</c>.</summary>
    /// <returns>The same instance when there is nothing to write out.</returns>
    public static string Text(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (IsUnsafe(text[i])) return WriteOut(text, i);
        }

        return text;
    }

    /// <summary>
    /// A configured value between quotes; not shown when it looks like something with a password in it, which may have been set to the wrong option.
    /// </summary>
    public static string Value(string? value) => value is not null && Secret().IsMatch(value) ? "'***'" : $"'{Text(value ?? "")}'";

    // Controls of both kinds (C0, C1), the line separators, and what turns the direction of writing: with that a line can be made to read as another.
    private static bool IsUnsafe(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static string WriteOut(string text, int from)
    {
        var shown = new StringBuilder(text, 0, from, text.Length + 16);
        foreach (var c in text.AsSpan(from))
        {
            if (!IsUnsafe(c)) shown.Append(c);
            else if (c is '\n') shown.Append("\\n");
            else if (c is '\r') shown.Append("\\r");
            else if (c is '\t') shown.Append("\\t");
            else shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return shown.ToString();
    }

    // user:password@host, with or without a scheme, and password=...
    [GeneratedRegex(@":[^@\s]*@|(password|passwd|pwd|secret|token)\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Secret();
}
