using Mono.Cecil;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>The order inside a project: who may know whom. A layer is a folder.</summary>
/// <param name="Root">The namespace of the project.</param>
/// <param name="Allowed">Each layer may know itself, what its row names, and what stands in the root.</param>
internal sealed record LayerOrder(string Root, IReadOnlyDictionary<string, string[]> Allowed)
{
    /// <summary>The layer of a type of the project: the first part of its namespace after the root's.</summary>
    public string Of(TypeReference type) => type.Namespace[Root.Length..].Split('.') is [_, var layer, ..] ? layer : "";

    /// <summary>The uses that go against the order.</summary>
    public IEnumerable<TypeUse> Violations(IEnumerable<TypeDefinition> types) =>
        from use in types.SelectMany(TypeUses.Of)
        where use.Used.IsIn(Root)
        let upper = Of(use.User)
        let lower = Of(use.Used)
        where upper != lower && lower is not "" && !Allowed[upper].Contains(lower)
        select use;

    /// <summary>The same layers, none of which may know another: what a test can see that uses are found.</summary>
    public LayerOrder WithoutAnyUse() => this with { Allowed = Allowed.Keys.ToDictionary(key => key, _ => Array.Empty<string>()) };
}
