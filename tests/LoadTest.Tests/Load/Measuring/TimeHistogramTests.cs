using CsCheck;
using HdrHistogram;
using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Tests.Load.Measuring;

/// <summary>HdrHistogram is the model: in each bucket, each percentile and each moment the two agree.</summary>
public sealed class TimeHistogramTests
{
    private static readonly double[] Percents = [0, 1, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100];

    // Of every size from a nanosecond to more than the longest, and the borders of powers of two; no more of them than the model can add up in a long.
    private static readonly Gen<(long Time, long Count)[]> Times = Gen.Select(
        Gen.OneOf(
            Gen.Select(Gen.Int[0, 41], Gen.Int[-1, 1], (bit, beside) => (1L << bit) + beside),
            Gen.Long[1, 5_000_000],
            Gen.Long[-5, Histograms.Longest * 2]),
        Gen.OneOf(Gen.Const(1L), Gen.Long[1, 1000])).Array[0, 200];

    [Fact]
    public void ItTellsWhatHdrHistogramTells() => Times.Sample(times =>
    {
        var (ours, model) = Both(times);

        AssertSame(model, ours);
        var copy = ours.ToHdr();
        Assert.Equal(Buckets(model), Buckets(copy));
        Assert.Equal(Histograms.Encode(model), Histograms.Encode(copy));
    });

    [Fact]
    public void SumsAreThoseOfAllThatWasRecorded_AndAnEmptiedOneBeginsAnew() => Gen.Select(Times, Times, Times).Sample((a, b, before) =>
    {
        var (ours, _) = Both(before);
        ours.Clear();
        AssertSame(new LongHistogram(1, Histograms.Longest, Histograms.Digits), ours);

        var (first, model) = Both(a);
        var (second, other) = Both(b);
        model.Add(other);
        ours.Add(first);
        ours.Add(second);
        AssertSame(model, ours);

        first.Add(other);
        AssertSame(model, first);
    });

    private static (TimeHistogram Ours, LongHistogram Model) Both((long Time, long Count)[] times)
    {
        var (ours, model) = (new TimeHistogram(), new LongHistogram(1, Histograms.Longest, Histograms.Digits));
        foreach (var (time, count) in times)
        {
            ours.Record(time, count);
            model.RecordValueWithCount(Math.Clamp(time, 1, Histograms.Longest), count);
        }

        return (ours, model);
    }

    private static void AssertSame(LongHistogram model, TimeHistogram ours)
    {
        Assert.Equal(model.TotalCount, ours.TotalCount);
        var times = new long[Percents.Length];
        ours.Percentiles(Percents, times);
        Assert.Equal(Percents.Select(p => model.TotalCount is 0 ? 0 : model.GetValueAtPercentile(p)), times);
        var (mean, deviation) = ours.Spread();
        AssertNear(model.TotalCount is 0 ? 0 : model.GetMean(), mean);
        AssertNear(model.TotalCount is 0 ? 0 : model.GetStdDeviation(), deviation);
    }

    // Sums of the same floating-point numbers in another order.
    private static void AssertNear(double expected, double actual) => Assert.InRange(actual, (expected * (1 - 1e-6)) - 1e-3, (expected * (1 + 1e-6)) + 1e-3);

    private static (long, long)[] Buckets(HistogramBase histogram) => [.. histogram.RecordedValues().Select(v => (v.ValueIteratedTo, v.CountAtValueIteratedTo))];
}
