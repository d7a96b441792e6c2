using CsCheck;
using OrleansEcho.LoadTest.Comparing;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Tests.Results;

namespace OrleansEcho.LoadTest.Tests.Comparing;

public sealed class RunComparisonTests
{
    private static readonly ComparedFigure Rate = ComparedFigure.All.Single(f => f.Name is "messages/s");
    private static readonly ComparedFigure P99 = ComparedFigure.All.Single(f => f.Name is "p99");

    [Theory]
    [InlineData("messages/s", new double[] { 100, 101, 99, 100.5 }, new double[] { 120, 121, 119, 122 }, "better")]
    [InlineData("p99", new double[] { 100, 101, 99, 100.5 }, new double[] { 120, 121, 119, 122 }, "worse")]
    [InlineData("p99", new double[] { 120, 121, 119, 122 }, new double[] { 100, 101, 99, 100.5 }, "better")]
    [InlineData("p99", new double[] { 100, 101, 99, 100.5 }, new double[] { 100.2, 101, 99.4, 100.1 }, "same")]
    [InlineData("p99", new double[] { 100, 100.1, 100.2, 100.3 }, new double[] { 101, 101.1, 101.2, 101.3 }, "same")] // sure, and of no matter
    [InlineData("p99", new double[] { 100, 150, 80, 120 }, new double[] { 110, 90, 160, 125 }, "too noisy")]
    [InlineData("p99", new double[] { 100, 101, 99 }, new double[] { 200, 201, 199 }, "too few runs")]
    [InlineData("errors", new double[] { 0 }, new double[] { 0, 0 }, "same")]
    [InlineData("errors", new double[] { 0, 0, 0, 0, 0 }, new double[] { 3, 1, 2, 4, 2 }, "worse")]
    [InlineData("errors", new double[] { }, new double[] { 1 }, "too few runs")]
    public void VerdictIsWhatCanBeSaid(string figure, double[] a, double[] b, string verdict) =>
        Assert.Equal(verdict, RunComparison.Text(Alone(ComparedFigure.All.Single(f => f.Name == figure), a, b).Verdict));

    [Fact]
    public void SwappedSidesSwapTheVerdict() => Gen.Select(Gen.Double[50, 150].Array[1, 12], Gen.Double[50, 150].Array[1, 12]).Sample((a, b) =>
    {
        var (forth, back) = (Alone(P99, a, b), Alone(P99, b, a));
        Assert.Equal(forth.P, back.P, 1e-9);
        Assert.Equal(1, forth.Superiority + back.Superiority, 1e-9);
        Assert.Equal(forth.Shift.Shift, -back.Shift.Shift, 1e-9);
        Assert.False(forth.Verdict is ComparisonVerdict.Better && back.Verdict is ComparisonVerdict.Better);
    });

    // The promise of the level: of runs that are the same, one figure of twenty looks different.
    [Fact]
    public void RunsThatAreTheSameSeldomLookDifferent()
    {
        var random = new Random(7);
        double[] Runs() => [.. Enumerable.Range(0, 6).Select(_ => 100 + 20 * random.NextDouble())];
        var told = Enumerable.Range(0, 2000).Count(_ => Alone(Rate, Runs(), Runs()).Verdict is ComparisonVerdict.Better or ComparisonVerdict.Worse);
        Assert.InRange(told, 40, 120); // 4.1 % is the level of the exact test with six of each
    }

    [Fact]
    public void OneRunOfEach_IsComparedBySeconds_AndSaysSo()
    {
        var comparison = RunComparison.Compare([SampleRuns.Ramp()], [SampleRuns.Ramp(seed: 2)]);
        Assert.True(comparison.IsOfSeconds);
        Assert.Equal(60, comparison.Figures[0].A.Count);
        Assert.Equal(ComparisonVerdict.TooFew, comparison.Figures.Single(f => f.Figure.OfInterval is null).Verdict);
        Assert.Contains(comparison.Warnings, w => w.Contains("autocorrelation", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatMakesAComparisonWorthless_IsSaidLoudly()
    {
        var run = SampleRuns.Ramp(5);
        RunResult Later(int minutes, RunResult of) => of with { StartedAt = of.StartedAt.AddMinutes(minutes) };
        var elsewhere = run with { Machine = run.Machine with { Processor = "Cortex-A72" }, Verdict = Verdict.Invalid, Scenario = run.Scenario with { Flows = [run.Scenario.Flows[0] with { Depth = 2, Kind = LoadTest.Scenarios.FlowKind.Closed }] } };
        var warnings = RunComparison.Compare([run, Later(1, run)], [Later(2, elsewhere), Later(3, elsewhere)]).Warnings;
        Assert.Equal(
            [
                "THE MACHINES ARE NOT THE SAME, and figures of different machines are not to be compared: processor 'AMD EPYC 7763' and 'Cortex-A72'.",
                "The runs have the same scenario's name, but do not do the same: compare their stages, flows and targets.",
                "0 of A's runs and 2 of B's are invalid. The load tester was the bottleneck: the figures say more about it than about the gateways.",
                "All runs of one side were made before all of the other: what else changed on the machine in that time counts as a difference. Make them in turn.",
            ],
            warnings);
        Assert.Empty(RunComparison.Compare([run, Later(2, run)], [Later(1, run), Later(3, run)]).Warnings);
    }

    [Theory]
    [InlineData("ABABABAB", true)]
    [InlineData("ABBAABBA", true)]
    [InlineData("BAABBA", true)]
    [InlineData("ABBAA", true)] // ended early
    [InlineData("AABAABAAB", true)] // two of A for each of B
    [InlineData("AABBAABB", false)]
    [InlineData("AAABBBAB", false)]
    public void RunsInTurn_AreKnownByTheirOrder(string order, bool isInTurn)
    {
        RunResult[] Of(char side) => [.. order.Select((s, i) => (Side: s, Run: SampleRuns.Small() with { StartedAt = SampleRuns.Start.AddMinutes(i), Verdict = Verdict.Passed })).Where(r => r.Side == side).Select(r => r.Run)];
        Assert.Equal(isInTurn, RunComparison.Compare(Of('A'), Of('B')).Warnings.Count is 0);
    }

    private static FigureComparison Alone(ComparedFigure figure, double[] a, double[] b) => FigureComparison.Of(figure, a, b, MannWhitney.Test(a, b).P);

    [Fact]
    public void MarkdownIsATable()
    {
        RunResult Run(int minute, double speed) => SampleRuns.Small() with { StartedAt = SampleRuns.Start.AddMinutes(minute), Verdict = Verdict.Passed, Total = SampleRuns.Small().Total with { MessagesPerSecond = 1000 * speed + minute } };
        var text = new StringWriter();
        ComparisonMarkdown.Write(RunComparison.Compare([Run(0, 1), Run(2, 1), Run(4, 1), Run(6, 1)], [Run(1, 1.5), Run(3, 1.5), Run(5, 1.5), Run(7, 1.5)]), text);
        Assert.StartsWith(
            """
            ## Load test: B beside A (4 runs of A, 4 runs of B): better: messages/s; same: p50, p90, p99, p99.9, max, load tester's CPU a message, errors, faults.

            A: 4 runs of small, from 2026-03-14 09:26 to 2026-03-14 09:32  
            B: 4 runs of small, from 2026-03-14 09:27 to 2026-03-14 09:33

            | figure | A | B | change | from … to | B is better | p | verdict |
            |---|---:|---:|---:|---:|---:|---:|---:|
            | messages/s | 1,003 | 1,504 | +50 % | +49.4 % … +50.5 % | 100 % | 0.029 | **better** |
            | p50 | 900 µs | 900 µs | 0 % | 0 % … 0 % | 50 % | 1 | same |
            """,
            text.ToString());
    }
}
