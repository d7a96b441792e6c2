using System.Globalization;

namespace OrleansEcho.LoadTest.Reports;

/// <summary>Figures as people read them; the same in every culture.</summary>
internal static class Quantity
{
    /// <summary>A time to three digits: <c>820 µs</c>, <c>1.91 ms</c>, <c>12 s</c>.</summary>
    /// <param name="microseconds">The time.</param>
    public static string Time(double microseconds) => microseconds switch
    {
        0 => "0",
        < 0 => "-" + Time(-microseconds),
        < 0.9995 => Digits(microseconds * 1000) + " ns",
        < 999.5 => Digits(microseconds) + " µs",
        < 999_500 => Digits(microseconds / 1000) + " ms",
        < 120_000_000 => Digits(microseconds / 1_000_000) + " s",
        _ => Duration(microseconds / 1_000_000),
    };

    /// <summary>A length of time: <c>9.5 s</c>, <c>1 min 30 s</c>, <c>2 h 5 min</c>.</summary>
    /// <param name="seconds">The time.</param>
    public static string Duration(double seconds)
    {
        if (seconds < 60) return Digits(seconds) + " s";
        var whole = (long)Math.Round(seconds);
        var (small, unit, large, largeUnit) = whole < 3600 ? (whole % 60, "s", whole / 60, "min") : (whole / 60 % 60, "min", whole / 3600, "h");
        return small is 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {unit}";
    }

    /// <summary>A time of a run.</summary>
    public static string Day(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A count, whole: <c>1,234,567</c>.</summary>
    public static string Count(double count) => Math.Round(count).ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A count to three digits where room is short: <c>74.7k</c>, <c>1.12M</c>.</summary>
    public static string Short(double count) => Math.Abs(count) switch
    {
        < 999.5 => Digits(count),
        < 999_500 => Digits(count / 1e3) + "k",
        < 999_500_000 => Digits(count / 1e6) + "M",
        _ => Digits(count / 1e9) + "G",
    };

    /// <summary>A rate a second: whole above 10.</summary>
    public static string Rate(double rate) => Math.Abs(rate) is >= 9.95 or 0 ? Count(rate) : rate.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>Bytes in binary units: <c>1.5 MiB</c>.</summary>
    public static string Bytes(double bytes) => Math.Abs(bytes) switch
    {
        < 1024 => $"{Count(bytes)} B",
        < 1024 * 1024 => Digits(bytes / 1024) + " KiB",
        < 1024.0 * 1024 * 1024 => Digits(bytes / 1024 / 1024) + " MiB",
        _ => Digits(bytes / 1024 / 1024 / 1024) + " GiB",
    };

    /// <summary>A share as percent: <c>12.3 %</c>, <c>0.02 %</c>.</summary>
    /// <param name="share">1 is all.</param>
    public static string Percent(double share) => Digits(share * 100) + " %";

    /// <summary>A change as percent, with its sign: <c>+12.3 %</c>, <c>−4 %</c>.</summary>
    /// <param name="share">1 is once as much again.</param>
    public static string Change(double share) => Digits(Math.Abs(share) * 100) is var digits && digits is "0" ? "0 %" : $"{(share < 0 ? '−' : '+')}{digits} %";

    /// <summary>Three significant digits, no zeros at the end; whole from 100 on.</summary>
    public static string Digits(double value) => Math.Abs(value) switch
    {
        >= 99.95 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 9.995 => value.ToString("0.#", CultureInfo.InvariantCulture),
        >= 0.9995 => value.ToString("0.##", CultureInfo.InvariantCulture),
        >= 0.0005 => value.ToString("0.###", CultureInfo.InvariantCulture),
        0 => "0",
        _ => value.ToString("0e0", CultureInfo.InvariantCulture),
    };

    /// <summary>A percentile with as many nines as it has: <c>99.99</c>.</summary>
    /// <param name="percentile">From 0 to 100.</param>
    public static string Nines(double percentile) => percentile.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>One thing or several: <c>1 error</c>, <c>2 errors</c>.</summary>
    public static string Of(long count, string one, string? several = null) => $"{Count(count)} {(count is 1 ? one : several ?? one + "s")}";
}
