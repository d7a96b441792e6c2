using CsCheck;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Tests.Results;
using OrleansEcho.LoadTest.Thresholds;

namespace OrleansEcho.LoadTest.Tests.Thresholds;

public sealed class ThresholdTests
{
    private static readonly string[] Targets = ["127.0.0.1:7000", "127.0.0.1:7001"];

    [Theory]
    [InlineData("p99 > 50ms", "p99", null, ">", 50_000)]
    [InlineData(" max>=2s ", "max", null, ">=", 2_000_000)]
    [InlineData("p99.9 > 800µs", "p99.9", null, ">", 800)]
    [InlineData("service.p99.99 > 0.5 us", "service.p99.99", null, ">", 0.5)]
    [InlineData("connect.P95 > 1min", "connect.p95", null, ">", 60_000_000)]
    [InlineData("lag.p99 > 900ns", "lag.p99", null, ">", 0.9)]
    [InlineData("errors > 0", "errors", null, ">", 0)]
    [InlineData("errors.timeout > 1_000", "errors.timeout", null, ">", 1000)]
    [InlineData("error_rate > 1%", "error_rate", null, ">", 0.01)]
    [InlineData("error_rate > 0.01", "error_rate", null, ">", 0.01)]
    [InlineData("rate < 10k/s", "rate", null, "<", 10_000)]
    [InlineData("rate{127.0.0.1:7000} <= 10000", "rate", "127.0.0.1:7000", "<=", 10_000)]
    [InlineData("p99 { * } > 50ms", "p99", "*", ">", 50_000)]
    public void Reads(string text, string figure, string? target, string sign, double limit)
    {
        Assert.True(Threshold.TryParse(text, Targets, out var threshold, out var error), error);
        Assert.Equal((figure, target, sign), (threshold.Figure.Name, threshold.Target, threshold.Comparison.Sign));
        Assert.Equal(limit, threshold.Limit, 1e-9);
        Assert.Equal(text.Trim(), threshold.Condition);
    }

    [Theory]
    [InlineData("p98 > 50ms", "^^^ there is no figure 'p98'; there are min, mean, p50, p75, p90, p95, p99, p99.9, p99.99, max, the same with service., connect. or lag. before it, messages, rate, connection_rate, connections, errors, error_rate, faults, lost, doubled, reordered, corrupted, foreign, unanswered, skipped, cpu, and errors.CLASS (connect, refused, quota, reset, closed, timeout, tls, local).")]
    [InlineData("", "^ here comes a figure; there are ")]
    [InlineData("p99", "   ^ here comes a comparison: >, >=, < or <=.")]
    [InlineData("p99 = 50ms", "    ^ here comes a comparison: >, >=, < or <=.")]
    [InlineData("p99 > fast", "      ^ here comes a number from 0 on, such as 50ms.")]
    [InlineData("p99 > -5ms", "      ^^ here comes a number from 0 on, such as 50ms.")]
    [InlineData("p99 > 50", "        ^ a time needs its unit, such as 50ms; there are ns, us, µs, ms, s, min.")]
    [InlineData("p99 > 50 parsecs", "         ^^^^^^^ p99 has no unit 'parsecs'; there are ns, us, µs, ms, s, min.")]
    [InlineData("errors > 1%", "          ^ errors has no unit '%'; there are /s, k, k/s, M, M/s, or none.")]
    [InlineData("p99{10.0.0.1:7000} > 5ms", "    ^^^^^^^^^^^^^ there is no target '10.0.0.1:7000'; there are 127.0.0.1:7000, 127.0.0.1:7001, and * for each.")]
    [InlineData("p99{127.0.0.1:7000 > 5ms", "   ^ this brace is not closed.")]
    [InlineData("cpu{127.0.0.1:7000} > 5%", "   ^^^^^^^^^^^^^^^^ cpu is the load tester's own, not a target's; leave the target out.")]
    public void ShowsThePlace_OfWhatIsWrong(string text, string message)
    {
        Assert.False(Threshold.TryParse(text, Targets, out _, out var error));
        Assert.StartsWith($"{text}\n{message}", error);
    }

    [Fact]
    public void EveryFigureCanBeWritten_AndEverythingElseIsRefusedWithItsPlace()
    {
        foreach (var figure in ThresholdFigure.All) Assert.True(Threshold.TryParse($"{figure.Name} > 1{(figure.Unit is ThresholdUnit.Time ? "ms" : "")}", Targets, out _, out _), figure.Name);
        var part = Gen.OneOf("p99", "max", "rate", ">", "<=", "{", "}", "*", " ", "50", "ms", "%", ".", "errors", "\t", "é");
        part.Array[0, 8].Select(string.Concat).Sample(text =>
        {
            if (Threshold.TryParse(text, Targets, out _, out var error)) return;
            var lines = error.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.InRange(lines[1].IndexOf('^'), 0, text.Length);
        });
    }

    [Theory]
    [InlineData("p99 > 4ms", "4.002ms", true)] // to the unit's thousandth, as far as it does not look like 4ms
    [InlineData("p99 > 5ms", "4.002ms", false)]
    [InlineData("max >= 0.004s", "0.004s", true)]
    [InlineData("p50 > 900us", "900.095us", true)]
    [InlineData("lost > 0", "1", true)]
    [InlineData("errors > 0", "0", false)]
    [InlineData("errors.timeout > 0", "0", false)]
    [InlineData("rate < 10k", "0.004k", true)]
    [InlineData("error_rate > 1%", "0%", false)]
    [InlineData("rate{127.0.0.1:7001} < 2", "1", true)]
    [InlineData("rate{*} < 2", "1 (127.0.0.1:7001)", true)]
    [InlineData("p99{*} > 9ms", "nothing to measure (127.0.0.1:7001)", true)]
    [InlineData("max{127.0.0.1:7000} > 9ms", "4.002ms", false)]
    [InlineData("p99{127.0.0.1:7001} > 9ms", "nothing to measure", true)] // a gateway that answers nothing is not fast
    [InlineData("connect.p95 > 1s", "nothing to measure", false)] // all connections were opened before anything counted
    [InlineData("lag.p99 > 1ms", "nothing to measure", false)]
    [InlineData("cpu > 80%", "26%", false)]
    [InlineData("skipped > 0", "0", false)]
    public void IsEvaluatedInItsOwnUnit(string text, string value, bool isCrossed)
    {
        Assert.True(Threshold.TryParse(text, Targets, out var threshold, out var error), error);
        Assert.Equal(new ThresholdResult(text, value, isCrossed), threshold.Evaluate(SampleRuns.Small()));
    }

    [Theory]
    [InlineData("errors > 2", 1)]
    [InlineData("lost > 0", null)]
    [InlineData("max > 3ms", 1)]
    [InlineData("p99 > 3ms", 5)] // crossed in each second, and believed when the run has settled
    [InlineData("p99.9 > 3ms", null)] // fewer than ten messages beyond it
    [InlineData("p50 > 3ms", null)]
    [InlineData("rate < 1000000", null)] // may come yet
    [InlineData("p99{*} > 3ms", null)] // at the end
    public void StopsARun_WhenItIsSure(string text, int? second)
    {
        Assert.True(Threshold.TryParse(text, Targets, out var threshold, out _));
        int? crossed = null;
        var now = 0;
        var watch = new ThresholdWatch([threshold], _ => crossed = crossed is null ? now : -1);
        var run = SampleRuns.Small();
        var soFar = run.Total with
        {
            Errors = new Dictionary<ErrorClass, long> { [ErrorClass.Reset] = 3 },
            Integrity = new IntegrityFigures(0, 0, 0, 0, 0, 0),
            Latency = run.Total.Latency with { Count = 2000 },
        };
        for (now = 1; now <= 8; now++) watch.SecondOver(run.Intervals[0] with { At = now - 1 }, soFar);
        Assert.Equal(second, crossed);
    }

    [Fact]
    public void DoesNotStopARun_ForAPause()
    {
        Assert.True(Threshold.TryParse("p99 > 3ms", Targets, out var threshold, out _));
        var watch = new ThresholdWatch([threshold], _ => Assert.Fail("It is crossed for two seconds at a time."));
        var run = SampleRuns.Small();
        for (var i = 0; i < 30; i++)
        {
            watch.SecondOver(run.Intervals[0] with { At = i }, run.Total with { Latency = run.Total.Latency with { Count = 5000, P99 = i % 3 is 0 ? 2000 : 4000 } });
        }
    }
}
