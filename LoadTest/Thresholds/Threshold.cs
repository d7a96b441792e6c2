using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Thresholds;

/// <summary>What must not be: a run in which its condition comes true has failed. <c>p99 &gt; 50ms</c>, <c>errors &gt; 0</c>, <c>rate{127.0.0.1:7000} &lt; 10000</c>.</summary>
/// <param name="Condition">As it was written.</param>
/// <param name="Figure">What it is about.</param>
/// <param name="Target">Whose figure; null for that of all together, <see cref="EveryTarget"/> for each.</param>
/// <param name="Comparison">What stands between figure and limit.</param>
/// <param name="Limit">The limit, in microseconds where it is a time.</param>
/// <param name="Suffix">The unit as it was written.</param>
internal sealed record Threshold(string Condition, ThresholdFigure Figure, string? Target, ThresholdComparison Comparison, double Limit, string Suffix)
{
    /// <summary>As a target: the condition must not come true for any.</summary>
    public const string EveryTarget = "*";

    /// <summary>Reads it as it is written.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="targets">The names of the targets that there are.</param>
    /// <param name="threshold">What it says.</param>
    /// <param name="error">What is wrong with it: the text, a line with a caret below its place, and what there is instead.</param>
    public static bool TryParse(
        string text, IReadOnlyList<string> targets, [NotNullWhen(true)] out Threshold? threshold, [NotNullWhen(false)] out string? error) =>
        new ThresholdParser(text, targets).TryParse(out threshold, out error);

    /// <summary>That which is crossed where this one is not: what an objective says must be, as what must not. Where there is nothing to measure, both are alike.</summary>
    public Threshold Opposite => this with { Comparison = Comparison.Opposite };

    /// <summary>What became of it, at the end of a run.</summary>
    public ThresholdResult Evaluate(RunResult result)
    {
        var (_, text, isCrossed) = Measure(result);
        return new ThresholdResult(Condition, text, isCrossed);
    }

    /// <summary>What was measured in a run, in the figure's unit (null for nothing) and as a text in the condition's own, and whether that crosses it.</summary>
    public (double? Value, string Text, bool IsCrossed) Measure(RunResult result)
    {
        var values = Target switch
        {
            null => [(Name: "", Value: Figure.OfGenerator is { } of ? of(result.Generator) : Figure.Of(result.Total))],
            EveryTarget => result.Targets.Select(t => (Name: t.Target, Value: Figure.Of(t.Figures))).ToArray(),
            _ => [.. result.Targets.Where(t => t.Target == Target).Select(t => (Name: "", Value: Figure.Of(t.Figures)))],
        };
        var crossed = values.Where(v => IsCrossed(v.Value)).ToArray();
        var told = crossed.Length > 0 ? crossed : Figure.IsNeeded || values.Any(v => v.Value is not null) ? [.. values.Where(v => v.Value is not null)] : values;
        var worst = told.OrderBy(v => Comparison.IsUpper ? -v.Value : v.Value).FirstOrDefault();
        return (worst.Value, Told(worst.Value) + (string.IsNullOrEmpty(worst.Name) ? "" : $" ({worst.Name})"), crossed.Length > 0);
    }

    /// <summary>
    /// Whether it is crossed by what counted until now, as far as that says something about the whole: figures that only grow at once; percentiles when
    /// ten messages lie beyond them, shares of a thousand; rates, targets, and what is to be reached at all, at the end only (false until then).
    /// </summary>
    public bool IsCrossedBy(LoadFigures soFar) =>
        Target is null && Comparison.IsUpper && Figure.IsEnough is { } isEnough && isEnough(soFar) && Figure.Of(soFar) is { } value && Comparison.Holds(value, Limit);

    private bool IsCrossed(double? value) => value is { } there ? Comparison.Holds(there, Limit) : Figure.IsNeeded;

    // In the unit of the condition, so that both can be compared at a glance.
    private string Told(double? value)
    {
        if (value is not { } there) return "nothing to measure";
        var inUnit = there / ThresholdParser.Scale(Figure.Unit, Suffix);
        var digits = Figure.Unit is ThresholdUnit.Number && Math.Abs(inUnit) >= 100 ? "#,0" : "#,0.###";
        var text = inUnit.ToString(digits, CultureInfo.InvariantCulture);

        // 50.0004 is told as it is where 50 would look as if it were not crossed.
        if (Comparison.Holds(there, Limit) != Comparison.Holds(double.Parse(text, CultureInfo.InvariantCulture) * ThresholdParser.Scale(Figure.Unit, Suffix), Limit))
        {
            text = inUnit.ToString("R", CultureInfo.InvariantCulture);
        }

        return text is "0" && there > 0 ? Quantity.Digits(inUnit) + Suffix : text + Suffix;
    }
}
