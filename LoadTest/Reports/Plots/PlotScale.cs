using System.Globalization;

namespace OrleansEcho.LoadTest.Reports.Plots;

/// <summary>Where values lie on an axis, from 0 (its beginning) to 1, and which places of it have names.</summary>
internal sealed class PlotScale
{
    private static readonly double[] TimeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];

    private readonly Func<double, double> _at;

    private PlotScale(Func<double, double> at, IReadOnlyList<PlotTick> ticks) => (_at, Ticks) = (at, ticks);

    /// <summary>The places that have names.</summary>
    public IReadOnlyList<PlotTick> Ticks { get; }

    /// <summary>Where a value lies; what is beyond an end lies at it.</summary>
    public double At(double value) => Math.Clamp(_at(value), 0, 1);

    /// <summary>From 0 to a round value above the greatest.</summary>
    public static PlotScale FromZero(double greatest, Func<double, string> label, bool isWhole = false)
    {
        if (greatest <= 0) greatest = 1; // an axis of nothing still has a length
        var step = Ceiling125(greatest / 4);
        if (isWhole) step = Math.Max(1, step);
        var count = Math.Max(1, (int)Math.Ceiling(greatest / step - 1e-9));
        return new PlotScale(v => v / (count * step), [.. Enumerable.Range(0, count + 1).Select(i => new PlotTick(i * step, label(i * step)))]);
    }

    /// <summary>Seconds from 0.</summary>
    public static PlotScale Seconds(double end)
    {
        var length = Math.Max(end, 1e-9);
        var step = TimeSteps.FirstOrDefault(s => length / s <= 8, Math.Ceiling(length / 8 / 86_400) * 86_400);
        return new PlotScale(v => v / length, [.. Enumerable.Range(0, (int)(length / step + 1e-9) + 1).Select(i => new PlotTick(i * step, Clock(i * step, step)))]);
    }

    /// <summary>Logarithmic, for times in microseconds: from a round value below the least to one above the greatest.</summary>
    public static PlotScale LogTime(double least, double greatest) => Log(Math.Max(least, 0.001), greatest, Quantity.Time);

    /// <summary>Logarithmic: from a round value below the least, which is more than 0, to one above the greatest.</summary>
    public static PlotScale Log(double least, double greatest, Func<double, string> label)
    {
        var low = Floor125(least);
        var high = Ceiling125(Math.Max(greatest, low * 2));
        var isWide = high / low > 200; // more would stand in each other's way
        var ticks = new List<PlotTick>();
        for (var exponent = (int)Math.Floor(Math.Log10(low) + 1e-9); Math.Pow(10, exponent) <= high * 1.001; exponent++)
        {
            foreach (var factor in (double[])[1, 2, 5])
            {
                var value = factor * Math.Pow(10, exponent);
                if (value >= low * 0.999 && value <= high * 1.001) ticks.Add(new PlotTick(value, isWide && factor is not 1 ? "" : label(value)));
            }
        }

        return new PlotScale(v => v <= 0 ? 0 : Math.Log(v / low) / Math.Log(high / low), ticks);
    }

    /// <summary>Percentiles, from 0 to 100: each nine takes as much room as the one before it.</summary>
    /// <param name="count">How many values there are: beyond the last one there is nothing to show.</param>
    public static PlotScale Percentiles(long count)
    {
        var nines = Math.Clamp(Math.Log10(Math.Max(count, 10)), 1, 7);
        var ticks = new List<PlotTick> { new(0, "0"), new(50, "50") };
        for (var i = 1; i <= nines + 1e-9; i++) ticks.Add(new PlotTick(100 - 100 * Math.Pow(10, -i), (100 - 100 * (decimal)Math.Pow(10, -i)).ToString("0.#####", CultureInfo.InvariantCulture)));
        if (nines > 5.5) ticks.RemoveAt(1); // is too near to 0 then
        return new PlotScale(v => v >= 100 ? 1 : -Math.Log10(1 - v / 100) / nines, ticks);
    }

    private static string Clock(double seconds, double step)
    {
        if (step < 60) return seconds < 120 || step < 15 ? $"{seconds:0} s" : $"{Math.Floor(seconds / 60):0}:{seconds % 60:00}";
        return step < 3600 ? $"{seconds / 60:0} min" : $"{seconds / 3600:0} h";
    }

    private static double Ceiling125(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value) + 1e-9));
        return ((double[])[1, 2, 5, 10]).First(f => f * power >= value * (1 - 1e-9)) * power;
    }

    private static double Floor125(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value) + 1e-9));
        return ((double[])[5, 2, 1]).FirstOrDefault(f => f * power <= value * (1 + 1e-9), 1) * power;
    }
}
