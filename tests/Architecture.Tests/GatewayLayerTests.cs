using Mono.Cecil;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

public sealed class GatewayLayerTests
{
    private static readonly TypeDefinition[] Types = [.. Product.Assemblies["Gateway"].WrittenTypes()];

    [Fact]
    public void EveryFolderHasAPlaceInTheOrder() =>
        Faults.None("Every folder of the gateway has its place in the order of layers (GatewayLayers.cs).", Types.Select(GatewayLayers.Of).Except(GatewayLayers.Order.Allowed.Keys));

    [Fact]
    public void LayersKnowTheOnesBelowOnly() => AssertNone("A layer knows the ones below it only.", GatewayLayers.Order.Violations(Types));

    [Fact]
    public void AdaptersDoNotKnowEachOther() => AssertNone(
        "An adapter knows no other.",
        Types.SelectMany(TypeUses.Of).Where(use => GatewayLayers.Of(use.User) is "Adapters"
            && GatewayLayers.AdapterOf(use.Used) is { } used
            && used != GatewayLayers.AdapterOf(use.User)));

    [Fact]
    public void NobodyButTheProgramsKnowsAnAdapter() => AssertNone(
        "Only the programs name an adapter: adding one touches no other folder.",
        Types.Where(type => GatewayLayers.Of(type) is not ("Adapters" or "") || GatewayLayers.AdapterOf(type) is null && GatewayLayers.Of(type) is "Adapters")
            .SelectMany(TypeUses.Of)
            .Where(use => GatewayLayers.AdapterOf(use.Used) is not null));

    [Fact]
    public void OnlyTheBackendKnowsOrleans() => AssertNone(
        "Only Backend knows Orleans and the grains.",
        Types.Where(type => GatewayLayers.Of(type) is not "Backend")
            .SelectMany(TypeUses.Of)
            .Where(use => use.Used.IsIn("Orleans") || IsGrain(use.Used)));

    // Without this the tests above could pass because nothing is ever found.
    [Theory]
    [InlineData("Hosting", "ListenerHost", "ConnectionAdmission")]
    [InlineData("Adapters", "StreamListener", "ConnectionLife")]
    [InlineData("Connections", "ConnectionLife", "IBackend")]
    [InlineData("Admission", "ConnectionAdmission", "IBackend")]
    [InlineData("Backend", "BackendRetry", "GatewayMetrics")]
    public void UseIsReported_WhenTheOrderForbidsIt(string layer, string user, string used) => Assert.Contains(
        GatewayLayers.Order.WithoutAnyUse().Violations(Types),
        use => GatewayLayers.Of(use.User) == layer && use.User.Name == user && use.Used.Name == used);

    // What a set carries may be known everywhere; whom it is sent to, only where calls are made.
    private static bool IsGrain(TypeReference type) => type.IsIn("OrleansEcho.Grains") && type.Name is ['I', ..] && type.Name.EndsWith("Grain", StringComparison.Ordinal);

    private static void AssertNone(string rule, IEnumerable<TypeUse> uses) => Faults.None(rule, uses.Select(use => use.ToString()));
}
