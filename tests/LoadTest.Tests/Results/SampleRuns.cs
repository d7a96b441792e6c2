using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Results;

/// <summary>Runs as the load tester makes them, made up.</summary>
internal static class SampleRuns
{
    public static readonly DateTimeOffset Start = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);

    /// <summary>A minute of a rate that rises, on three gateways of which the last is slower. Connections fail in the middle of it.</summary>
    public static RunResult Ramp(int seconds = 60, int targets = 3, int seed = 1, double speed = 1)
    {
        var random = new Random(seed);
        var all = Empty();
        var byTarget = Enumerable.Range(0, targets).Select(_ => Empty()).ToArray();
        var (intervals, counts) = (new List<IntervalFigures>(), new long[targets]);
        for (var second = 0; second < seconds; second++)
        {
            var intended = 12_000 + 24_000.0 * second / seconds;
            var isTrouble = seconds >= 30 && second >= seconds / 2 && second < seconds / 2 + 4;
            var histogram = Empty();
            var messages = new long[targets];
            for (var t = 0; t < targets; t++)
            {
                var isSlow = targets > 1 && t == targets - 1;
                messages[t] = (long)(intended / targets * (isSlow ? 0.78 : 1) * (0.98 + 0.04 * random.NextDouble()) * (isTrouble ? 0.55 : 1) * Math.Min(1, speed));
                counts[t] += messages[t];
                for (var i = 0; i < 400; i++)
                {
                    var value = (long)(LogNormal(random, (isSlow ? 1_900_000 : 900_000) / speed * (1 + 1.4 * second / seconds), isTrouble ? 1.1 : 0.42));
                    var weight = Math.Max(1, messages[t] / 400);
                    histogram.Record(value, weight);
                    byTarget[t].Record(value, weight);
                    all.Record(value, weight);
                }
            }

            intervals.Add(new IntervalFigures
            {
                At = second,
                Seconds = 1,
                Messages = messages.Sum(),
                MessagesByTarget = messages,
                IntendedRate = intended,
                ConnectionsOpen = isTrouble ? 231 : 256,
                ConnectionsOpened = isTrouble ? 18 : 0,
                Errors = isTrouble ? 7 + second % 3 : 0,
                Faults = 0,
                Latency = Latency(histogram, withHistogram: false),
            });
        }

        var errors = intervals.Sum(i => i.Errors);
        var service = Empty();
        foreach (var value in all.ToHdr().RecordedValues()) service.Record(value.ValueIteratedTo * 6 / 10, value.CountAtValueIteratedTo);
        var total = Figures(counts.Sum(), seconds, all, service) with
        {
            ConnectionsOpen = 256,
            ConnectionsOpened = intervals.Sum(i => i.ConnectionsOpened),
            Errors = errors is 0 ? new Dictionary<ErrorClass, long>() : new() { [ErrorClass.Reset] = errors - 9, [ErrorClass.Quota] = 9 },
            Refusals = errors is 0 ? new Dictionary<string, long>() : new() { ["QuotaExceeded"] = 9 },
            Integrity = new IntegrityFigures(0, 0, 0, 0, 0, errors),
        };
        return Run("ramp to 36k", seconds, total, [.. Enumerable.Range(0, targets).Select(t => Figures(counts[t], seconds, byTarget[t], byTarget[t]) with { ConnectionsOpen = 256 / targets })], intervals) with
        {
            Verdict = errors > 0 ? Verdict.Failed : Verdict.Passed,
            Remarks = errors > 0 ? ["25 connections were lost between 30 s and 34 s and opened again within 110 ms."] : [],
            Thresholds = [new ThresholdResult("p99 > 50ms", "9.871ms", false), new ThresholdResult("errors > 0", $"{errors}", errors > 0)],
        };
    }

    /// <summary>A run in which nothing came back.</summary>
    public static RunResult Nothing()
    {
        var total = Figures(0, 0, Empty(), Empty()) with { ConnectionsOpen = 0, Errors = new Dictionary<ErrorClass, long> { [ErrorClass.Connect] = 1 } };
        return Run("nobody listens", 0, total, [total], []) with { Verdict = Verdict.Interrupted, Remarks = ["127.0.0.1:7000 cannot be reached: nobody listens there."] };
    }

    /// <summary>A run of two targets that is the same everywhere, small enough to be written down.</summary>
    public static RunResult Small()
    {
        var histogram = Empty();
        foreach (var value in (long[])[800_000, 900_000, 1_000_000, 4_000_000]) histogram.Record(value);
        var interval = new IntervalFigures
        {
            At = 0,
            Seconds = 1,
            Messages = 4,
            MessagesByTarget = [3, 1],
            IntendedRate = null,
            ConnectionsOpen = 2,
            ConnectionsOpened = 0,
            Errors = 0,
            Faults = 1,
            Latency = Latency(histogram, withHistogram: false),
        };
        var total = Figures(4, 1, histogram, histogram) with { ConnectionsOpen = 2, Integrity = new IntegrityFigures(1, 0, 0, 0, 0, 0) };
        return Run("small", 1, total, [Figures(3, 1, histogram, histogram), Figures(1, 1, Empty(), Empty())], [interval]) with
        {
            Verdict = Verdict.Failed,
            Thresholds = [new ThresholdResult("p99 > 1ms", "4.001ms", true), new ThresholdResult("errors > 0", "0", false)],
        };
    }

    public static TimeHistogram Empty() => new();

    public static LatencyFigures Latency(TimeHistogram histogram, bool withHistogram = true) => FigureMaker.Latency(histogram, withHistogram);

    public static LoadFigures Figures(long messages, double seconds, TimeHistogram latency, TimeHistogram service) => new()
    {
        Messages = messages,
        Bytes = messages * 32,
        MessagesPerSecond = seconds > 0 ? messages / seconds : 0,
        ConnectionsOpened = 0,
        ConnectionsPerSecond = 0,
        ConnectionsOpen = 1,
        Integrity = new IntegrityFigures(0, 0, 0, 0, 0, 0),
        Errors = new Dictionary<ErrorClass, long>(),
        Refusals = new Dictionary<string, long>(),
        Latency = Latency(latency),
        ServiceTime = Latency(service),
        ConnectTime = Latency(Empty()),
    };

    private static RunResult Run(string name, double seconds, LoadFigures total, LoadFigures[] targets, IReadOnlyList<IntervalFigures> intervals)
    {
        LoadTarget[] all = [.. targets.Select((_, i) => new LoadTarget("127.0.0.1", 7000 + i, "line"))];
        return new RunResult
        {
            Tool = "OrleansEcho.LoadTest 0.1.0",
            StartedAt = Start,
            Seconds = seconds,
            Scenario = new LoadScenario
            {
                Name = name,
                Targets = all,
                Stages = [new LoadStage(TimeSpan.FromSeconds(Math.Max(1, seconds)), total.ConnectionsOpen, 36_000)],
                Flows = [new LoadFlow { Kind = FlowKind.Open, Sizes = SizeDistribution.Fixed(32) }],
            },
            Machine = new MachineFingerprint("AMD EPYC 7763", 2, 24L << 30, "Linux 6.18", "10.0.12"),
            Verdict = Verdict.Passed,
            Remarks = [],
            Thresholds = [],
            Total = total,
            Targets = [.. all.Zip(targets, (target, figures) => new TargetFigures(target.Name, figures))],
            Intervals = intervals,
            Generator = new GeneratorFigures(Latency(Empty()), 31.4, 0.26, 0, 94L << 20),
        };
    }

    private static double LogNormal(Random random, double median, double sigma) =>
        median * Math.Exp(sigma * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
