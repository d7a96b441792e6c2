using CsCheck;
using OrleansEcho.LoadTest.Load;

namespace OrleansEcho.LoadTest.Tests.Load;

public sealed class LoadShareTests
{
    // Shares, targets, places.
    private static readonly Gen<(int Shares, int Targets, int Places)> Plans = Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12], Gen.Int[0, 400]);

    [Fact]
    public void EachPlaceIsOneSharesAndNoOthers() => Plans.Sample(plan =>
        Assert.All(Enumerable.Range(0, plan.Places), place => Assert.Single(Shares(plan.Shares), share => share.Has(place, plan.Targets))));

    [Fact]
    public void EachShareHasAsMany_ButForOne() => Plans.Sample(plan =>
    {
        var sizes = Shares(plan.Shares).Select(share => Enumerable.Range(0, plan.Places).Count(place => share.Has(place, plan.Targets))).ToList();
        Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
    });

    [Fact]
    public void EachShareGoesToAllTargetsEvenly() => Plans.Sample(plan => Assert.All(Shares(plan.Shares), share =>
    {
        // After as many whole rounds each target has as many of a share: a worker that is lost takes something from each, and not all of one.
        var places = plan.Targets * plan.Shares * plan.Shares;
        var targets = Enumerable.Range(0, places).Where(place => share.Has(place, plan.Targets)).CountBy(place => place % plan.Targets).ToList();
        Assert.Equal(plan.Targets, targets.Count);
        Assert.Single(targets.Select(t => t.Value).Distinct());
    }));

    private static IEnumerable<LoadShare> Shares(int count) => Enumerable.Range(0, count).Select(index => new LoadShare(index, count));
}
