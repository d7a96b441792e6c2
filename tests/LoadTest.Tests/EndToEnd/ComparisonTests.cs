using OrleansEcho.Benchmarks.EndToEnd;

namespace OrleansEcho.LoadTest.Tests.EndToEnd;

/// <summary>The arithmetic of <c>tests/Benchmarks -- end-to-end</c>: medians of ratios, not ratios of medians.</summary>
public sealed class ComparisonTests
{
    [Theory]
    [InlineData(new[] { 7.0 }, 7.0)]
    [InlineData(new[] { 9.0, 1.0, 2.0 }, 2.0)]
    [InlineData(new[] { 100.0, 4.0, 1.0, 2.0 }, 3.0)]
    public void TheMedianIsInTheMiddle(double[] figures, double middle) => Assert.Equal(middle, Median.Of(figures));

    [Fact]
    public void EachFigureIsHeldAgainstItsOwn() =>
        Assert.Equal(new Measurement(0.5, 2, 3, 4), new Measurement(50, 20, 0.3, 8).Over(new Measurement(100, 10, 0.1, 2)), static (a, b) => Close(a, b));

    [Fact]
    public void RoundsAreComparedInPairs_SoThatAMachineThatIsSlowForOneChangesNothing()
    {
        // The machine was half as fast in the second round, and the other server had a bad moment in the third.
        var comparison = Comparison.Of([Cpu(20), Cpu(40), Cpu(20)], [Cpu(10), Cpu(20), Cpu(40)]);
        Assert.Equal(2, comparison.Over.Cpu);
        Assert.Equal(20, comparison.Own.Cpu);
        Assert.Equal((0.5, 2), (comparison.LowestCpu, comparison.HighestCpu));
    }

    [Fact]
    public void RoundsThatHaveNoPairAreAFault() => Assert.Throws<ArgumentException>(() => Comparison.Of([Cpu(1)], [Cpu(1), Cpu(2)]));

    private static Measurement Cpu(double microseconds) => new(1, microseconds, 1, 1);

    private static bool Close(Measurement a, Measurement b) =>
        Math.Abs(a.Rate - b.Rate) + Math.Abs(a.Cpu - b.Cpu) + Math.Abs(a.P50 - b.P50) + Math.Abs(a.P99 - b.P99) < 1e-9;
}
