using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Reports;

/// <summary>What all reports say in the same words.</summary>
internal static class ReportText
{
    // More names than these are no title any more.
    private const int MostNames = 3;

    /// <summary>What a verdict means, a sentence.</summary>
    public static string Meaning(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "Every message came back as it should.",
        Verdict.Failed => "A message did not come back as it should, a connection failed, or a threshold was crossed.",
        Verdict.Invalid => "The load tester was the bottleneck: the figures say more about it than about the gateways.",
        _ => "It was stopped: the figures are of a part of the scenario.",
    };

    /// <summary>What a run's verdict means, a sentence: thresholds are named where there are some.</summary>
    public static string Meaning(RunResult run)
    {
        if (run.Verdict is not Verdict.Passed) return Meaning(run.Verdict);
        var isWhole = run.Total.Integrity.Unanswered + run.Generator.Skipped is 0;
        var messages = isWhole ? "Every message came back as it should" : "Every message that came back was as it should be";
        return run.Thresholds.Count is 0 ? $"{messages}." : $"{messages}, and every threshold held.";
    }

    /// <summary>Where a run went to: the targets' names, or their number where they are many.</summary>
    public static string Targets(RunResult run) =>
        run.Targets.Count <= MostNames ? string.Join(", ", run.Targets.Select(t => t.Target)) : Quantity.Of(run.Targets.Count, "gateway");

    /// <summary>What was wrong with messages: <c>2 lost, 1 doubled</c>; nothing where nothing was.</summary>
    public static string Integrity(IntegrityFigures integrity)
    {
        (long Count, string Name)[] parts =
        [
            (integrity.Lost, "lost"), (integrity.Doubled, "doubled"), (integrity.Reordered, "reordered"),
            (integrity.Corrupted, "corrupted"), (integrity.Foreign, "foreign"),
        ];
        var wrong = parts.Where(p => p.Count > 0).Select(p => $"{Quantity.Count(p.Count)} {p.Name}").ToArray();
        return wrong.Length is 0 ? "no message lost, doubled, reordered, corrupted or foreign" : string.Join(", ", wrong);
    }

    /// <summary>What a class of errors means, in a few words.</summary>
    public static string Meaning(ErrorClass error) => error switch
    {
        ErrorClass.Connect => "could not be opened",
        ErrorClass.Refused => "refused or closed with a reason",
        ErrorClass.Quota => "refused or closed by the quota",
        ErrorClass.Reset => "reset",
        ErrorClass.Closed => "closed while echoes were owed",
        ErrorClass.Timeout => "took longer than allowed",
        ErrorClass.Local => "not opened, as this machine had no port or file left",
        _ => "failed in the TLS handshake",
    };

    /// <summary>What stands beside the number of connections at the end.</summary>
    public static string Connections(LoadFigures figures) => figures.ConnectionsOpened is 0
        ? "open at the end"
        : $"open at the end, {Quantity.Count(figures.ConnectionsOpened)} opened meanwhile ({Quantity.Rate(figures.ConnectionsPerSecond)}/s)";

    /// <summary>A time of a distribution; a dash where nothing was measured, which is not fast.</summary>
    public static string Time(LatencyFigures latency, Func<LatencyFigures, double> of) => latency.Count is 0 ? "–" : Quantity.Time(of(latency));

    /// <summary>A stage in a line.</summary>
    public static string Stage(LoadStage stage) =>
        $"{Quantity.Duration(stage.Duration.TotalSeconds)} {(stage.IsStep ? "at" : "to")} {Quantity.Of(stage.Connections, "connection")}"
        + (stage.Rate is { } rate ? $", {Quantity.Rate(rate)} messages/s" : "")
        + (stage.Sizes is { } sizes ? $", {sizes} bytes" : "");

    /// <summary>A flow in a line.</summary>
    public static string Flow(LoadFlow flow) => flow.Kind switch
    {
        FlowKind.Closed or FlowKind.Churn => $"depth {flow.Depth}"
            + (flow.ThinkTime > TimeSpan.Zero ? $", thinks for {Quantity.Duration(flow.ThinkTime.TotalSeconds)}" : "")
            + (flow.EchoesPerConnection > 0 ? $", {Quantity.Of(flow.EchoesPerConnection, "echo", "echoes")} a connection" : ""),
        FlowKind.Burst => $"{flow.Depth} at once every {Quantity.Duration(flow.BurstInterval.TotalSeconds)}",
        FlowKind.Open => "by the clock",
        _ => "idle",
    };

    /// <summary>The percentiles that reports list, with what the distribution says of each.</summary>
    public static IReadOnlyList<(string Name, Func<LatencyFigures, double> Of)> Percentiles { get; } =
    [
        ("min", l => l.Min), ("mean", l => l.Mean), ("p50", l => l.P50), ("p75", l => l.P75), ("p90", l => l.P90), ("p95", l => l.P95),
        ("p99", l => l.P99), ("p99.9", l => l.P999), ("p99.99", l => l.P9999), ("max", l => l.Max),
    ];
}
