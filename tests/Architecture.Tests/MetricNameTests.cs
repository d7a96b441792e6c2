using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>Dashboards go by the names of instruments.</summary>
public sealed partial class MetricNameTests
{
    private static readonly (string Where, string? Name)[] Instruments =
    [
        .. from assembly in Product.Assemblies.Values
           from written in assembly.WrittenTypes()
           from type in written.WithNested()
           from method in type.Methods
           where method.HasBody
           from name in NamesIn(method)
           select ($"{written.FullName}.{method.Name}", name),
    ];

    [Fact]
    public void InstrumentsAreFound() => Assert.Contains(Instruments, instrument => instrument.Name == "echo.gateway.connections.active");

    [Fact]
    public void NamesSayWhoseTheyAre() => Assert.All(Instruments, instrument => Assert.Matches(Name(), instrument.Name));

    [Fact]
    public void NamesAreUnique() => Faults.None(
        "An instrument is made in one place.",
        Instruments.GroupBy(instrument => instrument.Name).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(i => i.Where))}"));

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

    [GeneratedRegex(@"^echo\.[a-z]+(\.[a-z][a-z_]*)+$")]
    private static partial Regex Name();
}
