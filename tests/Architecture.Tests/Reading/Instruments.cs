using Mono.Cecil;
using Mono.Cecil.Cil;

namespace OrleansEcho.Architecture.Tests.Reading;

/// <summary>The instruments that the product makes, and where.</summary>
internal static class Instruments
{
    public static IReadOnlyList<(string Where, string? Name)> All { get; } =
    [
        .. from assembly in Product.Assemblies.Values
           from written in assembly.WrittenTypes()
           from type in written.WithNested()
           from method in type.Methods
           where method.HasBody
           from name in NamesIn(method)
           select ($"{written.FullName}.{method.Name}", name),
    ];

    // The name is the first text after the call before: meter.CreateCounter<long>("echo.…", "{unit}", "…").
    private static IEnumerable<string?> NamesIn(MethodDefinition method)
    {
        string? first = null;
        foreach (var instruction in method.Body.Instructions)
        {
            if (instruction.OpCode == OpCodes.Ldstr) first ??= (string)instruction.Operand;
            if (instruction.Operand is not MethodReference { DeclaringType.Namespace: "System.Diagnostics.Metrics" } called) continue;
            if (called.DeclaringType.Name is "Meter" && called.Name.StartsWith("Create", StringComparison.Ordinal)) yield return first;
            first = null;
        }
    }
}
