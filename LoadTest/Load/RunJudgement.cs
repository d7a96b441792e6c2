using System.Globalization;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>Says what a run's figures are worth.</summary>
internal static class RunJudgement
{
    // Send lag is part of the latency that is reported. Less than this, in microseconds, is what a system takes to wake a thread.
    private const double LagThatMatters = 200;
    private const double ShareOfLatency = 0.25;

    // So many messages beyond a percentile make it more than a matter of chance.
    private const double EnoughBeyond = 10;

    // What is late there makes the figures the load tester's. Beyond them a pause of a moment is enough, which is said and no more.
    private static readonly Percentile[] Deciding =
    [
        new("p50", "half of them", 0.5, l => l.P50),
        new("p90", "one in ten", 0.9, l => l.P90),
        new("p99", "one in a hundred", 0.99, l => l.P99),
    ];
    private static readonly Percentile[] Telling = [new("p99.9", "one in a thousand", 0.999, l => l.P999)];

    // Its own threads have nothing left: more load would be no more messages.
    private const double BusyShare = 0.9;

    /// <summary>The verdict, before thresholds, and what a reader should know.</summary>
    public static (Verdict Verdict, IReadOnlyList<string> Remarks) Of(LoadScenario scenario, LoadFigures total, GeneratorFigures generator, bool isInterrupted)
    {
        var remarks = new List<string>();
        var verdict = isInterrupted ? Verdict.Interrupted : Verdict.Passed;
        var isClocked = scenario.Flows.Any(f => f.Kind is FlowKind.Open or FlowKind.Burst or FlowKind.Hold);
        if (isClocked && Late(Deciding) is { } late)
            Invalid($"Messages were sent late: by {Of(late, generator.SendLag)} ms for {late.Words}, of {Of(late, total.Latency)} ms of latency. "
                + "Give the load tester a processor of its own, or lower the rate.");
        else if (isClocked && Late(Telling) is { } seldom)
            remarks.Add($"The {seldom.Name} is the load tester's own in part: "
                + $"{seldom.Words} was sent {Of(seldom, generator.SendLag)} ms late, of {Of(seldom, total.Latency)} ms of latency.");
        else if (!isClocked && Late([.. Deciding, .. Telling]) is { } own)
            remarks.Add($"The load tester waited for a processor itself, {Of(own, generator.SendLag)} ms at its {own.Name}: "
                + $"a part of the latency, {Of(own, total.Latency)} ms there, is its own. A processor of its own would tell.");
        if (generator.CpuShare > BusyShare)
            Invalid($"The load tester used {generator.CpuShare * 100:0} % of the machine's processors: the figures show its limit. Load from another machine, or from several.");
        if (total.Errors.GetValueOrDefault(ErrorClass.Local) is > 0 and var unopened)
            Invalid($"{unopened} connections were not opened, because the load tester's machine had no port or file left for them. "
                + "Give more addresses with --source, raise its limit of open files (ulimit -n), or load from several machines.");
        if (generator.Untried > 0)
            Invalid($"{generator.Untried} messages were due, and the load tester was too late to send them. "
                + "Give it a processor of its own, or lower the rate.");
        if (isInterrupted) remarks.Add("It was stopped before its end: the figures are of a part of the scenario.");
        if (total.Integrity.Unanswered + generator.Skipped + generator.Untried > 0)
            remarks.Add("Messages that never came back count in the latency with the age that they had at the end of the run.");
        if (Shortfall.Of(scenario, total, generator) is { } shortfall) Failed(shortfall);
        if (total.Integrity.Faults > 0) Failed($"{total.Integrity.Faults} messages did not come back as they were sent.");
        if (total.Echoes is 0 && !isInterrupted)
        {
            Failed(total.ConnectTime.Count > 0
                ? "No message came back, though connections were opened. Is the framing of the target its listener's: line, length-prefixed or raw?"
                : "No message came back.");
        }
        return (verdict, remarks);

        void Invalid(string remark)
        {
            remarks.Add(remark);
            if (verdict is Verdict.Passed) verdict = Verdict.Invalid;
        }

        void Failed(string remark)
        {
            remarks.Insert(0, remark);
            verdict = Verdict.Failed;
        }

        Percentile? Late(Percentile[] at) => Array.Find(at, p =>
            generator.SendLag.Count * (1 - p.Share) >= EnoughBeyond
            && p.Of(generator.SendLag) > LagThatMatters
            && p.Of(generator.SendLag) > ShareOfLatency * p.Of(total.Latency));

        static string Of(Percentile percentile, LatencyFigures latency) => (percentile.Of(latency) / 1000).ToString("0.0", CultureInfo.InvariantCulture);
    }

    private sealed record Percentile(string Name, string Words, double Share, Func<LatencyFigures, double> Of);
}
