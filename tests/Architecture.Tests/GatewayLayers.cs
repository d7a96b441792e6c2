using Mono.Cecil;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>The order inside the gateway: who may know whom.</summary>
internal static class GatewayLayers
{
    public const string Root = "OrleansEcho.Gateway";

    /// <summary>Each layer may know itself, what its row names, and the options of the process, which stand in the root.</summary>
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>
    {
        ["Hosting"] = ["Adapters", "Connections", "Admission", "Backend", "Diagnostics"], // puts everything together
        ["Adapters"] = ["Connections", "Admission", "Diagnostics"],
        ["Connections"] = ["Admission", "Backend", "Diagnostics"],
        ["Admission"] = ["Backend", "Diagnostics"],
        ["Backend"] = ["Diagnostics"],
        ["Diagnostics"] = [],
        [""] = [],
    };

    /// <summary>The layer of a gateway's type: the first part of its namespace after the root's.</summary>
    public static string Of(TypeReference type) => type.Namespace[Root.Length..].Split('.') is [_, var layer, ..] ? layer : "";

    /// <summary>The adapter that a type belongs to; null for what all adapters share, and for what is none of theirs.</summary>
    public static string? AdapterOf(TypeReference type) => type.IsIn(Root) && type.Namespace[Root.Length..].Split('.') is [_, "Adapters", var adapter, ..] ? adapter : null;

    /// <summary>The uses that go against an order of layers.</summary>
    public static IEnumerable<TypeUse> Violations(IEnumerable<TypeDefinition> types, IReadOnlyDictionary<string, string[]> allowed) =>
        from use in types.SelectMany(TypeUses.Of)
        where use.Used.IsIn(Root)
        let upper = Of(use.User)
        let lower = Of(use.Used)
        where upper != lower && lower is not "" && !allowed[upper].Contains(lower)
        select use;
}
