using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Thresholds;

/// <summary>A figure that a threshold can be about.</summary>
/// <param name="Name">As a threshold writes it.</param>
/// <param name="Unit">What it is measured in.</param>
/// <param name="Of">The figure of a target, or of all; null where there is nothing to measure it by.</param>
internal sealed record ThresholdFigure(string Name, ThresholdUnit Unit, Func<LoadFigures, double?> Of)
{
    // Ten messages beyond a percentile: with fewer, one slow message moves it far.
    private const double EnoughBeyond = 10;

    // A share of fewer than this is made by one connection.
    private const long EnoughTried = 1000;

    /// <summary>The figure of the generator, where it is one: whole runs have it, targets and runs under way do not.</summary>
    public Func<GeneratorFigures, double?>? OfGenerator { get; private init; }

    /// <summary>Whether it never falls in the course of a run: what is too much already stays so.</summary>
    public bool OnlyGrows { get; private init; }

    /// <summary>Whether a part of a run says something about the whole; null for figures that only the end can tell.</summary>
    public Func<LoadFigures, bool>? IsEnough { get; private init; }

    /// <summary>Whether a run that has nothing to measure it by is at fault. Connections may all be opened before anything counts; messages not.</summary>
    public bool IsNeeded { get; private init; }

    /// <summary>All there are, in the order in which a person is told them.</summary>
    public static IReadOnlyList<ThresholdFigure> All { get; } =
    [
        .. Times("", f => f.Latency, isNeeded: true),
        .. Times("service.", f => f.ServiceTime, isNeeded: true),
        .. Times("connect.", f => f.ConnectTime, isNeeded: false),
        .. Distribution("lag.").Select(d => new ThresholdFigure(d.Name, ThresholdUnit.Time, _ => null) { OfGenerator = g => d.Of(g.SendLag) }),
        Count("messages", f => f.Messages),
        new("rate", ThresholdUnit.Number, f => f.MessagesPerSecond),
        new("connection_rate", ThresholdUnit.Number, f => f.ConnectionsPerSecond),
        new("connections", ThresholdUnit.Number, f => f.ConnectionsOpen),
        Count("errors", Errors),
        .. Enum.GetValues<ErrorClass>().Select(c => Count($"errors.{Lower(c)}", f => f.Errors.GetValueOrDefault(c))),
        new("error_rate", ThresholdUnit.Share, f => Tried(f) is > 0 and var all ? (double)Errors(f) / all : null) { IsEnough = f => Tried(f) >= EnoughTried },
        Count("faults", f => f.Integrity.Faults),
        Count("lost", f => f.Integrity.Lost),
        Count("doubled", f => f.Integrity.Doubled),
        Count("reordered", f => f.Integrity.Reordered),
        Count("corrupted", f => f.Integrity.Corrupted),
        Count("foreign", f => f.Integrity.Foreign),
        Count("unanswered", f => f.Integrity.Unanswered),
        new("skipped", ThresholdUnit.Number, _ => null) { OfGenerator = g => g.Skipped },
        new("cpu", ThresholdUnit.Share, _ => null) { OfGenerator = g => g.CpuShare },
    ];

    /// <summary>The names of all, short: what repeats itself is told once.</summary>
    public static string Listed { get; } =
        $"{string.Join(", ", Distribution("").Select(d => d.Name))}, the same with service., connect. or lag. before it, "
        + string.Join(", ", All.Where(f => !f.Name.Contains('.') && f.Unit is not ThresholdUnit.Time).Select(f => f.Name))
        + $", and errors.CLASS ({string.Join(", ", Enum.GetValues<ErrorClass>().Select(Lower))})";

    private static string Lower(ErrorClass error) => error.ToString().ToLowerInvariant();

    private static long Errors(LoadFigures figures) => figures.Errors.Values.Sum();

    private static long Tried(LoadFigures figures) => figures.Messages + Errors(figures);

    private static ThresholdFigure Count(string name, Func<LoadFigures, long> of) =>
        new(name, ThresholdUnit.Number, f => of(f)) { OnlyGrows = true, IsEnough = _ => true };

    private static IEnumerable<ThresholdFigure> Times(string prefix, Func<LoadFigures, LatencyFigures> of, bool isNeeded) =>
        Distribution(prefix).Select(d => new ThresholdFigure(d.Name, ThresholdUnit.Time, f => d.Of(of(f)))
        {
            IsNeeded = isNeeded,
            OnlyGrows = d.Quantile is 1,
            IsEnough = f => of(f).Count * (1 - d.Quantile) >= EnoughBeyond || (d.Quantile is 1 && of(f).Count > 0),
        });

    private static IEnumerable<(string Name, double Quantile, Func<LatencyFigures, double?> Of)> Distribution(string prefix)
    {
        (string Name, double Quantile, Func<LatencyFigures, double> Of)[] parts =
        [
            ("min", 0, l => l.Min), ("mean", 0.99, l => l.Mean), // the mean follows its outliers, too
            ("p50", 0.5, l => l.P50), ("p75", 0.75, l => l.P75), ("p90", 0.9, l => l.P90), ("p95", 0.95, l => l.P95), ("p99", 0.99, l => l.P99),
            ("p99.9", 0.999, l => l.P999), ("p99.99", 0.9999, l => l.P9999), ("max", 1, l => l.Max),
        ];
        return parts.Select(p => (prefix + p.Name, p.Quantile, (Func<LatencyFigures, double?>)(l => l.Count is 0 ? null : p.Of(l))));
    }
}
