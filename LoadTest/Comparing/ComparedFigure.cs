using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>A figure that runs are compared by.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="IsMoreBetter">Whether more of it is better.</param>
/// <param name="OfRun">The figure of a run; null where it has none.</param>
/// <param name="OfInterval">The figure of a second of a run; null where seconds do not have it.</param>
/// <param name="Text">The figure for people.</param>
internal sealed record ComparedFigure(
    string Name, bool IsMoreBetter, Func<RunResult, double?> OfRun, Func<IntervalFigures, double?>? OfInterval, Func<double, string> Text)
{
    /// <summary>All there are, in the order of reports.</summary>
    public static IReadOnlyList<ComparedFigure> All { get; } =
    [
        new("messages/s", true, r => r.Total.MessagesPerSecond, i => i.Messages / i.Seconds, Quantity.Rate),
        Latency("p50", l => l.P50),
        Latency("p90", l => l.P90),
        Latency("p99", l => l.P99),
        Latency("p99.9", l => l.P999),
        Latency("max", l => l.Max),
        new("load tester's CPU a message", false, r => r.Total.Messages is 0 ? null : r.Generator.CpuSeconds * 1e6 / r.Total.Messages, null, Quantity.Time),
        new("errors", false, r => r.Total.Errors.Values.Sum(), i => i.Errors, Quantity.Short),
        new("faults", false, r => r.Total.Integrity.Faults, i => i.Faults, Quantity.Short),
    ];

    private static ComparedFigure Latency(string name, Func<LatencyFigures, double> of) =>
        new(name, false, r => r.Total.Latency.Count is 0 ? null : of(r.Total.Latency), i => i.Latency.Count is 0 ? null : of(i.Latency), Quantity.Time);
}
