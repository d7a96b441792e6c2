using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Scenarios;

public sealed class SizeDistributionTests
{
    private static readonly SizeDistribution Mixed = new([new(32, 32, 9), new(100, 109, 1), new(1000, 1000, 0.5)]);

    [Fact]
    public void SizesAreDrawnByWeight_AndEvenlyWithinARange()
    {
        const int Draws = 1_000_000;
        var counts = new int[1001];
        var state = 42UL;
        for (var i = 0; i < Draws; i++) counts[Mixed.Next(ref state)]++;

        var expected = new Dictionary<int, double> { [32] = 9 / 10.5, [1000] = 0.5 / 10.5 };
        for (var size = 100; size < 110; size++) expected[size] = 0.1 / 10.5;
        Assert.Equal(Draws, expected.Keys.Sum(size => counts[size]));
        // Chi-squared with 11 degrees of freedom is beyond 31.3 once in a thousand; the draws are the same each time.
        var chi = expected.Sum(pair => Math.Pow(counts[pair.Key] - (Draws * pair.Value), 2) / (Draws * pair.Value));
        Assert.InRange(chi, 0, 31.3);
    }

    [Fact]
    public void SameStateGivesTheSameSizes_AndNothingIsAllocated()
    {
        var range = new SizeDistribution([new(20, 5000)]);
        var state = 0UL;
        // SplitMix64's published first outputs for 0 are e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f.
        Assert.Equal([20 + 4399, 20 + 2149, 20 + 131], new[] { range.Next(ref state), range.Next(ref state), range.Next(ref state) });

        Mixed.Next(ref state); // what the runtime makes at the first call is none of it
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Mixed.Next(ref state);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
