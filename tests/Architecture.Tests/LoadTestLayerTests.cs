using Mono.Cecil;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

public sealed class LoadTestLayerTests
{
    private static readonly TypeDefinition[] Types = [.. Product.Assemblies["LoadTest"].WrittenTypes()];

    [Fact]
    public void EveryFolderHasAPlaceInTheOrder() =>
        Faults.None("Every folder of the load tester has its place in the order of layers (LoadTestLayers.cs).", Types.Select(LoadTestLayers.Order.Of).Except(LoadTestLayers.Order.Allowed.Keys));

    [Fact]
    public void LayersKnowTheOnesBelowOnly() =>
        Faults.None("A layer knows the ones below it only.", LoadTestLayers.Order.Violations(Types).Select(use => use.ToString()));

    [Fact]
    public void OnlyWorkersKnowTheCluster() => Faults.None(
        "Only Workers knows Orleans, the grains and how the cluster is found: a run without workers needs none of it. Signals, terminals and what may be printed are every program's.",
        Types.Where(type => LoadTestLayers.Order.Of(type) is not "Workers")
            .SelectMany(TypeUses.Of)
            .Where(use => !use.Used.IsIn("OrleansEcho.ServiceDefaults.Processes") && use.Used.FullName is not "OrleansEcho.ServiceDefaults.Shown")
            .Where(use => use.Used.IsIn("Orleans") || use.Used.IsIn("OrleansEcho.Grains") || use.Used.IsIn("OrleansEcho.ServiceDefaults") || use.Used.IsIn("Microsoft.Extensions"))
            .Select(use => use.ToString()));

    // Without this the test above could pass because nothing is ever found.
    [Theory]
    [InlineData("Commands", "RunCommand", "ILoadRunner")]
    [InlineData("Comparing", "RunComparison", "RunResult")]
    [InlineData("Workers", "LoadConductor", "ILoadRunner")]
    [InlineData("Thresholds", "ThresholdWatch", "ILoadObserver")]
    [InlineData("Reports", "LiveView", "LoadProgress")]
    [InlineData("Load", "LoadEngine", "LoadScenario")]
    [InlineData("Results", "RunResult", "LoadScenario")]
    public void UseIsReported_WhenTheOrderForbidsIt(string layer, string user, string used) => Assert.Contains(
        LoadTestLayers.Order.WithoutAnyUse().Violations(Types),
        use => LoadTestLayers.Order.Of(use.User) == layer && use.User.Name == user && use.Used.Name == used);
}
