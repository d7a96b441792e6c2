using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Durations as people write them: <c>500ms</c>, <c>1.5s</c>, <c>2m</c>, <c>1h</c>.</summary>
internal static partial class Durations
{
    /// <summary>What <see cref="TryParse"/> takes, for a JSON schema.</summary>
    public const string Pattern = @"^([0-9]{1,7}(?:\.[0-9]{1,6})?)(us|ms|s|m|h)$";

    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond),
    ];

    /// <summary>Reads a duration; total.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (Form().Match(text) is not { Success: true } match) return false;
        var ticks = Array.Find(Units, u => u.Unit == match.Groups[2].Value).Ticks;
        duration = new TimeSpan((long)(decimal.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * ticks));
        return true;
    }

    /// <summary>Writes a duration as <see cref="TryParse"/> reads it, in the greatest unit that leaves a whole number.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var (unit, ticks) = Array.Find(Units, u => duration.Ticks % u.Ticks is 0);
        return unit is null ? FormattableString.Invariant($"{duration.Ticks / 10m}us") : $"{duration.Ticks / ticks}{unit}";
    }

    [GeneratedRegex(Pattern)]
    private static partial Regex Form();
}
