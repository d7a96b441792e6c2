using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansEcho.LoadTest.Thresholds;

/// <summary>Reads one threshold: a figure, a target in braces if any, a comparison and a limit.</summary>
internal sealed class ThresholdParser(string text, IReadOnlyList<string> targets)
{
    // How much of the unit that figures are in.
    private static readonly (string Suffix, double Scale)[] Times = [("ns", 0.001), ("us", 1), ("µs", 1), ("μs", 1), ("ms", 1000), ("s", 1e6), ("min", 60e6)];

    private static readonly (string Suffix, double Scale)[] Numbers = [("", 1), ("/s", 1), ("k", 1e3), ("k/s", 1e3), ("M", 1e6), ("M/s", 1e6)];

    private static readonly (string Suffix, double Scale)[] Shares = [("%", 0.01), ("", 1)];

    private int _at;

    /// <summary>How much one of a written unit is.</summary>
    public static double Scale(ThresholdUnit unit, string suffix) => Units(unit).First(u => u.Suffix == suffix).Scale;

    /// <inheritdoc cref="Threshold.TryParse"/>
    public bool TryParse([NotNullWhen(true)] out Threshold? threshold, [NotNullWhen(false)] out string? error)
    {
        threshold = null;
        SkipSpace();
        var place = _at;
        var name = Take(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
        if (ThresholdFigure.All.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } figure)
        {
            error = Wrong(place, name.Length, $"{(name.Length is 0 ? "here comes a figure" : $"there is no figure '{name}'")}; there are {ThresholdFigure.Listed}");
            return false;
        }

        if (!TryParseTarget(figure, out var target, out error)) return false;
        SkipSpace();
        if (ThresholdComparison.All.FirstOrDefault(c => text.AsSpan(_at).StartsWith(c.Sign)) is not { } comparison)
        {
            error = Wrong(_at, 1, "here comes a comparison: >, >=, < or <=");
            return false;
        }

        _at += comparison.Sign.Length;
        SkipSpace();
        if (!TryParseLimit(figure, out var limit, out var suffix, out error)) return false;
        threshold = new Threshold(text.Trim(), figure, target, comparison, limit, suffix);
        return true;
    }

    private bool TryParseTarget(ThresholdFigure figure, out string? target, [NotNullWhen(false)] out string? error)
    {
        (target, error) = (null, null);
        SkipSpace();
        if (_at == text.Length || text[_at] is not '{') return true;
        var (open, close) = (_at, text.IndexOf('}', _at));
        var name = close < 0 ? "" : text[(open + 1)..close].Trim();
        if (close < 0) error = Wrong(open, 1, "this brace is not closed");
        else if (figure.OfGenerator is not null) error = Wrong(open, close - open + 1, $"{figure.Name} is the load tester's own, not a target's; leave the target out");
        else if (name is not Threshold.EveryTarget && !targets.Contains(name))
        {
            error = Wrong(open + 1, close - open - 1, $"there is no target '{name}'; there are {string.Join(", ", targets)}, and * for each");
        }

        (_at, target) = (close + 1, name);
        return error is null;
    }

    private bool TryParseLimit(ThresholdFigure figure, out double limit, out string suffix, [NotNullWhen(false)] out string? error)
    {
        var place = _at;
        var digits = Take(c => char.IsAsciiDigit(c) || c is '.' or '_' or '+' or '-' or ',');
        suffix = "";
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (!double.TryParse(digits.Replace("_", "", StringComparison.Ordinal), Style, CultureInfo.InvariantCulture, out limit) || limit < 0)
        {
            error = Wrong(place, digits.Length, $"here comes a number from 0 on, such as {Example(figure.Unit)}");
            return false;
        }

        SkipSpace();
        var unitPlace = _at;
        var unit = text[_at..].Trim();
        if (!Units(figure.Unit).Any(u => u.Suffix == unit))
        {
            var there = string.Join(", ", Units(figure.Unit).Where(u => u.Suffix.Length > 0 && u.Suffix[0] != 'μ').Select(u => u.Suffix)); // µ has two characters
            error = unit.Length is 0
                ? Wrong(unitPlace, 1, $"a time needs its unit, such as {Example(figure.Unit)}; there are {there}")
                : Wrong(unitPlace, unit.Length, $"{figure.Name} has no unit '{unit}'; there are {there}{(figure.Unit is ThresholdUnit.Time ? "" : ", or none")}");
            return false;
        }

        suffix = unit;
        limit *= Scale(figure.Unit, unit);
        error = null;
        return true;
    }

    private static (string Suffix, double Scale)[] Units(ThresholdUnit unit) => unit switch
    {
        ThresholdUnit.Time => Times,
        ThresholdUnit.Share => Shares,
        _ => Numbers,
    };

    private static string Example(ThresholdUnit unit) => unit switch
    {
        ThresholdUnit.Time => "50ms",
        ThresholdUnit.Share => "1%",
        _ => "10000",
    };

    // Tabs and line ends would put the caret elsewhere.
    private string Wrong(int place, int length, string what) =>
        $"{string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c))}\n{new string(' ', place)}{new string('^', Math.Max(1, length))} {what}.";

    private void SkipSpace() => Take(char.IsWhiteSpace);

    private string Take(Func<char, bool> isPart)
    {
        var start = _at;
        while (_at < text.Length && isPart(text[_at])) _at++;
        return text[start.._at];
    }
}
