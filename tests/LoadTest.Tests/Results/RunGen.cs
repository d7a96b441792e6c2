using CsCheck;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Results;

/// <summary>Runs of all shapes: with names that people should not choose, without messages, with gaps, with extremes.</summary>
internal static class RunGen
{
    // What breaks HTML, XML, Markdown, terminals and JSON.
    private static readonly Gen<string> Name = Gen.OneOf("<script>alert(1)</script>", "a&b \"c\" 'd'", "x\u0001y\u001b[31mz", "\ud800 alone", "🙂 | `code`", "]]>", "plain", "", "line\nline");

    private static readonly Gen<LatencyFigures> Latency = Gen.OneOf(
        Gen.Const(SampleRuns.Latency(SampleRuns.Empty())),
        Gen.Long[1, Histograms.Longest].Array[1, 8].Select(values =>
        {
            var histogram = SampleRuns.Empty();
            foreach (var value in values) histogram.Record(value);
            return SampleRuns.Latency(histogram);
        }),
        Gen.Long[50_000, 2_000_000].Array[200, 400].Select(values =>
        {
            var histogram = SampleRuns.Empty();
            foreach (var value in values) histogram.Record(value, 1000);
            return SampleRuns.Latency(histogram);
        }));

    private static readonly Gen<Dictionary<ErrorClass, long>> Errors =
        Gen.Dictionary(Gen.Enum<ErrorClass>(), Gen.Long[0, 1000])[0, 4];

    private static readonly Gen<Dictionary<string, long>> Refusals = Gen.Dictionary(Name.Where(n => n[..Math.Min(1, n.Length)] is not "\ud800"), Gen.Long[0, 1000])[0, 3]; // JSON has no half characters, and replaces them

    private static readonly Gen<LoadFigures> Figures =
        Gen.Select(Latency, Latency, Errors, Refusals, Gen.Long[0, 5_000_000_000], Gen.Long[0, 2]).Select((latency, connect, errors, refusals, messages, faults) =>
            SampleRuns.Figures(messages, 10, SampleRuns.Empty(), SampleRuns.Empty()) with
            {
                Latency = latency,
                ServiceTime = latency,
                ConnectTime = connect,
                Errors = errors,
                Refusals = refusals,
                Integrity = new IntegrityFigures(faults, 0, 0, faults, 0, 3),
            });

    public static readonly Gen<RunResult> Run = Gen.Select(Gen.Int[1, 11], Gen.Int[0, 30], Name, Figures, Gen.Enum<Verdict>(), Gen.Bool).SelectMany((targets, seconds, name, total, verdict, isOpen) =>
        Gen.Select(Figures.Array[targets], Interval(targets, isOpen).Array[seconds], Name.Array[0, 3]).Select((figures, intervals, remarks) =>
        {
            var run = SampleRuns.Nothing();
            LoadTarget[] all = [.. figures.Select((_, i) => new LoadTarget(i is 0 ? name : "::1", 7000 + i, "raw"))];
            return run with
            {
                Scenario = run.Scenario with { Name = name, Targets = all },
                Seconds = seconds,
                Verdict = verdict,
                Remarks = remarks,
                Thresholds = [.. remarks.Select((r, i) => new ThresholdResult(r, $"{i}", i is 0))],
                Total = total,
                Targets = [.. all.Zip(figures, (t, f) => new TargetFigures(t.Name, f))],
                Intervals = [.. intervals.Select((interval, i) => interval with { At = i })],
            };
        }));

    private static Gen<IntervalFigures> Interval(int targets, bool isOpen) =>
        Gen.Select(Latency, Gen.Long[0, 100_000].Array[targets], Gen.Long[0, 3], Gen.Int[0, 70_000], Gen.Double[0, 1e6]).Select((latency, messages, errors, open, rate) => new IntervalFigures
        {
            At = 0,
            Seconds = 1,
            Messages = messages.Sum(),
            MessagesByTarget = messages,
            IntendedRate = isOpen ? rate : null,
            ConnectionsOpen = open,
            ConnectionsOpened = errors,
            Errors = errors,
            Faults = errors / 2,
            Latency = latency with { Histogram = "" },
        });
}
