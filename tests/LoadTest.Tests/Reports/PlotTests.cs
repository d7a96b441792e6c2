using CsCheck;
using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Reports.Plots;

namespace OrleansEcho.LoadTest.Tests.Reports;

public sealed class PlotTests
{
    private static readonly Gen<double> Positive = Gen.Double[-2, 11].Select(e => Math.Pow(10, e));

    [Fact]
    public void TicksAreInOrder_AndFew_OnEveryAxis()
    {
        Positive.Sample(v => AssertTicks(PlotScale.FromZero(v, Quantity.Short), 7));
        Positive.Sample(v => AssertTicks(PlotScale.FromZero(v, Quantity.Short, isWhole: true), 7));
        Gen.Double[0, 1e7].Sample(v => AssertTicks(PlotScale.Seconds(v), 10));
        Gen.Select(Positive, Positive).Sample((a, b) => AssertTicks(PlotScale.LogTime(Math.Min(a, b), Math.Max(a, b)), 15));
        Gen.Long[0, long.MaxValue].Sample(count => AssertTicks(PlotScale.Percentiles(count), 9));
    }

    [Fact]
    public void NothingAtAllHasAnAxis()
    {
        AssertTicks(PlotScale.FromZero(0, Quantity.Short), 7);
        AssertTicks(PlotScale.Seconds(0), 10);
        AssertTicks(PlotScale.LogTime(0, 0), 15);
    }

    [Fact]
    public void ValuesLieWhereTheTicksSay()
    {
        Assert.Equal(["0", "10k", "20k", "30k", "40k"], PlotScale.FromZero(36_100, Quantity.Short).Ticks.Select(t => t.Label));
        Assert.Equal(["0 s", "10 s", "20 s", "30 s", "40 s", "50 s", "60 s"], PlotScale.Seconds(60).Ticks.Select(t => t.Label));
        Assert.Equal(["0 min", "5 min", "10 min", "15 min", "20 min", "25 min", "30 min"], PlotScale.Seconds(1800).Ticks.Select(t => t.Label));
        Assert.Equal(["200 µs", "500 µs", "1 ms", "2 ms", "5 ms", "10 ms"], PlotScale.LogTime(240, 9_000).Ticks.Select(t => t.Label));
        Assert.Equal(["0", "50", "90", "99", "99.9", "99.99"], PlotScale.Percentiles(10_000).Ticks.Select(t => t.Label));
        Assert.Equal(0.5, PlotScale.LogTime(100, 10_000).At(1000), 1e-9);
        Assert.Equal(0.5, PlotScale.Percentiles(10_000).At(99), 1e-9);
    }

    [Fact]
    public void LabelsStayApart_AndInOrder() => Gen.Double[0, 200].Array[0, 12].Select(a => a.Order().ToArray()).Sample(wished =>
    {
        var places = LabelPlaces.Apart(wished, 13, 10, 210);
        for (var i = 1; i < places.Length; i++) Assert.True(places[i] - places[i - 1] >= 13 - 1e-9);
        Assert.All(places, p => Assert.InRange(p, 10, 210));
    });

    private static void AssertTicks(PlotScale scale, int most)
    {
        Assert.InRange(scale.Ticks.Count(t => t.Label.Length > 0), 1, most);
        var places = scale.Ticks.Select(t => scale.At(t.Value)).ToArray();
        Assert.All(places, p => Assert.InRange(p, 0, 1));
        Assert.Equal(places.Order(), places);
        Assert.Equal(places.Distinct().Count(), places.Length);
        Assert.Equal(scale.Ticks.Where(t => t.Label.Length > 0).Distinct().Count(), scale.Ticks.Count(t => t.Label.Length > 0));
    }
}
