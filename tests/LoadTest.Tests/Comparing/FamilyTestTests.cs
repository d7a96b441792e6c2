using CsCheck;
using OrleansEcho.LoadTest.Comparing;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Tests.Results;

namespace OrleansEcho.LoadTest.Tests.Comparing;

public sealed class FamilyTestTests
{
    [Fact]
    public void OfOneFigure_ItIsTheExactTest() => Gen.Select(Gen.Int[0, 9].Array[1, 6], Gen.Int[0, 9].Array[1, 6]).Sample((a, b) =>
        Assert.Equal(MannWhitney.Test([.. a.Select(v => (double)v)], [.. b.Select(v => (double)v)]).P, FamilyTest.P([Figure(a, b)])[0], 1e-9));

    [Fact]
    public void AFigureMore_MakesNoOtherSurer_AndACopyChangesNothing() => Gen.Select(Gen.Int[0, 99].Array[4], Gen.Int[0, 99].Array[4], Gen.Int[0, 99].Array[4], Gen.Int[0, 99].Array[4]).Sample((a, b, c, d) =>
    {
        var alone = FamilyTest.P([Figure(a, b)])[0];
        Assert.True(FamilyTest.P([Figure(a, b), Figure(c, d)])[0] >= alone - 1e-9);
        Assert.Equal(alone, FamilyTest.P([Figure(a, b), Figure(a, b), Figure(a, b)])[0], 1e-9);
    });

    // The promise of the level is that of a comparison, and not of each of its figures: uncorrected it was one in three.
    [Fact]
    public void OfComparisonsOfWhatIsTheSame_OneInTwentyTellsOfADifference()
    {
        var (random, sample) = (new Random(11), SampleRuns.Small());
        RunResult Run(int minute)
        {
            double Some(double of) => of * (1 + (0.3 * random.NextDouble()));
            var run = sample with { StartedAt = SampleRuns.Start.AddMinutes(minute), Verdict = Verdict.Passed };
            var latency = run.Total.Latency with { P50 = Some(100), P90 = Some(200), P99 = Some(300), P999 = Some(400), Max = Some(500) };
            return run with { Total = run.Total with { MessagesPerSecond = Some(1000), Latency = latency }, Generator = run.Generator with { CpuSeconds = Some(1) } };
        }

        var told = Enumerable.Range(0, 200).Count(_ => RunComparison.Compare([.. Enumerable.Range(0, 5).Select(i => Run(2 * i))], [.. Enumerable.Range(0, 5).Select(i => Run((2 * i) + 1))])
            .Figures.Any(f => f.Verdict is ComparisonVerdict.Better or ComparisonVerdict.Worse));
        Assert.InRange(told, 1, 25); // ten by the level; uncorrected it would be some 50
    }

    [Fact]
    public void FiveRunsThatAllDiffer_AreStillTold()
    {
        RunResult Run(int minute, double speed) => SampleRuns.Small() with
        {
            StartedAt = SampleRuns.Start.AddMinutes(minute),
            Verdict = Verdict.Passed,
            Total = SampleRuns.Small().Total with { MessagesPerSecond = (1000 * speed) + minute },
        };
        var comparison = RunComparison.Compare([.. Enumerable.Range(0, 5).Select(i => Run(2 * i, 1))], [.. Enumerable.Range(0, 5).Select(i => Run((2 * i) + 1, 1.5))]);
        Assert.Equal(ComparisonVerdict.Better, comparison.Figures[0].Verdict);
    }

    [Fact]
    public void NoIntervalOfAShareIsBelowAllOfIt() => Gen.Select(Gen.Double[1, 1000].Array[2, 8], Gen.Double[1, 1000].Array[2, 8]).Sample((a, b) =>
    {
        var (forth, back) = (FigureComparison.Of(ComparedFigure.All[1], a, b, 1), FigureComparison.Of(ComparedFigure.All[1], b, a, 1));
        Assert.True(forth.ChangeInterval!.Value.Low > -1);
        Assert.Equal(1, (1 + forth.Change!.Value) * (1 + back.Change!.Value), 1e-9); // half as much, and twice as much again
    });

    [Fact]
    public void OneRunOfEach_IsShownWithTheFiguresThatRunTells()
    {
        var (a, b) = (SampleRuns.Ramp(), SampleRuns.Ramp(seed: 2));
        var cells = ComparisonText.Cells(RunComparison.Compare([a], [b]).Figures[0]);
        Assert.Equal(("messages/s", $"{a.Total.MessagesPerSecond:#,0}", $"{b.Total.MessagesPerSecond:#,0}"), (cells[0], cells[1], cells[2]));
    }

    private static (double?[] A, double?[] B) Figure(int[] a, int[] b) => ([.. a.Select(v => (double?)v)], [.. b.Select(v => (double?)v)]);
}
