using OrleansEcho.Benchmarks.EndToEnd;

namespace OrleansEcho.LoadTest.Tests.EndToEnd;

/// <summary>What <c>tests/Benchmarks -- end-to-end --check</c> takes for a regression, and what it says then.</summary>
public sealed class JudgementTests
{
    private readonly Judgement _stored = new("cluster W1", 2);
    private readonly Judgement _unknown = new("cluster W7", null);

    [Theory]
    [InlineData(0.5, false)]
    [InlineData(2.29, false)]
    [InlineData(2.31, true)]
    [InlineData(double.NaN, true)]
    public void MoreThanTheToleranceOverTheStoredRatioIsARegression(double found, bool isRegression) => Assert.Equal(isRegression, _stored.IsRegression(found));

    [Fact]
    public void ARatioWithinTheBoundIsNotDoubted_AndNoFault() =>
        Assert.Equal((null, null), (_stored.Doubt(2.2, 6), _stored.Fault(2.2, "ratios.json")));

    [Fact]
    public void ARatioOverTheBoundIsMeasuredAgain() =>
        Assert.Contains("cluster W1: 2.60 is over 2.30 (15 % over the stored 2.00)", _stored.Doubt(2.6, 6), StringComparison.Ordinal);

    [Fact]
    public void AFaultNamesTheLoad_BothRatios_AndWhatToDo() => Assert.Equal(
        "cluster W1: CPU a message is 2.60 times the direct echo's, 30 % over the stored 2.00 (ratios.json); find what made it dearer, or, if that is meant, store it anew with --store ratios.json.",
        _stored.Fault(2.6, "ratios.json"));

    [Fact]
    public void ARatioThatNothingIsStoredFor_IsAFault_ThatNoSecondMeasurementMends()
    {
        Assert.Null(_unknown.Doubt(1, 6));
        Assert.Contains("no ratio is stored in ratios.json", _unknown.Fault(1, "ratios.json"), StringComparison.Ordinal);
    }
}
