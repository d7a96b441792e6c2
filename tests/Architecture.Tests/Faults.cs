namespace OrleansEcho.Architecture.Tests;

/// <summary>What a rule has found, told whole: a list that ends in dots makes the fixing a guess.</summary>
internal static class Faults
{
    public static void None(string rule, IEnumerable<string> found)
    {
        var faults = found.Distinct().Order(StringComparer.Ordinal).ToArray();
        if (faults.Length > 0) Assert.Fail($"{rule} These do not keep to it:\n  {string.Join("\n  ", faults)}");
    }
}
