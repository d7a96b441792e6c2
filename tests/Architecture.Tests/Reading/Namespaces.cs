using Mono.Cecil;

namespace OrleansEcho.Architecture.Tests.Reading;

/// <summary>Questions about where a type belongs.</summary>
internal static class Namespaces
{
    /// <summary>Whether a type is in a namespace or below it.</summary>
    public static bool IsIn(this TypeReference type, string name) =>
        type.Namespace == name || type.Namespace.StartsWith(name + ".", StringComparison.Ordinal);
}
