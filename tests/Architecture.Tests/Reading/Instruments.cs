using Mono.Cecil;
using Mono.Cecil.Cil;

namespace OrleansEcho.Architecture.Tests.Reading;

/// <summary>An instrument that the product makes.</summary>
/// <param name="Where">In which method.</param>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Kind">Its kind, in the words of the documentation.</param>
internal sealed record Instrument(string Where, string? Name, string? Unit, string Kind);

/// <summary>The instruments that the product makes, and where.</summary>
internal static class Instruments
{
    public static IReadOnlyList<Instrument> All { get; } =
    [
        .. from assembly in Product.Assemblies.Values
           from written in assembly.WrittenTypes()
           from type in written.WithNested()
           from method in type.Methods
           where method.HasBody
           from made in MadeIn(method)
           select made with { Where = $"{written.FullName}.{method.Name}" },
    ];

    // Name and unit are the first texts after the call before: meter.CreateCounter<long>("echo.…", "{unit}", "…").
    private static IEnumerable<Instrument> MadeIn(MethodDefinition method)
    {
        List<string> texts = [];
        foreach (var instruction in method.Body.Instructions)
        {
            if (instruction.OpCode == OpCodes.Ldstr) texts.Add((string)instruction.Operand);
            if (instruction.Operand is not MethodReference { DeclaringType.Namespace: "System.Diagnostics.Metrics" } called) continue;
            if (called.DeclaringType.Name is "Meter" && called.Name.StartsWith("Create", StringComparison.Ordinal)) yield return new("", texts.ElementAtOrDefault(0), texts.ElementAtOrDefault(1), Kind(called.Name));
            texts.Clear();
        }
    }

    private static string Kind(string method) => method["Create".Length..].Replace("Observable", "", StringComparison.Ordinal) switch
    {
        "UpDownCounter" => "up-down counter",
        var other => other.ToLowerInvariant(),
    };
}
