using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OrleansEcho.ServiceDefaults;

/// <summary>
/// Text of others (a value that somebody configured, a peer's name, a key of a file), made fit to be printed: what the log, the list of faults and the
/// banner write goes through here. The passwords of this process are not in it, whoever wrote it: a store may repeat what it was told.
/// </summary>
public static partial class Shown
{
    private static PasswordMask Passwords = PasswordMask.None;

    /// <summary>From now on this password is not shown. Nothing happens when there is none.</summary>
    public static void Hide(string? password)
    {
        PasswordMask known;
        do known = Volatile.Read(ref Passwords);
        while (Interlocked.CompareExchange(ref Passwords, known.With(password), known) != known);
    }

    /// <summary>The text, with <c>***</c> instead of each password that is known: for who does not write to a terminal.</summary>
    /// <returns>The same instance when none is in it.</returns>
    public static string Masked(string text) => Volatile.Read(ref Passwords).Apply(text);

    /// <summary>
    /// The text without passwords, and with what a terminal obeys or hides written out: an escape character as <c>\u001b</c>, a line break as <c>\n</c>.
    /// </summary>
    /// <returns>The same instance when there is nothing to mask or to write out.</returns>
    public static string Text(string text)
    {
        text = Masked(text);
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
