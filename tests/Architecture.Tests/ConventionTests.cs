using System.Text.RegularExpressions;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>House rules that the compiler and the analyzers cannot see.</summary>
public sealed partial class ConventionTests
{
    [Fact]
    public void EveryClassIsSealedStaticOrAbstract() => Faults.None(
        "A class is sealed, static or abstract.",
        from assembly in Product.Assemblies.Values
        from written in assembly.WrittenTypes()
        from type in written.WithNested()
        where type is { IsClass: true, IsSealed: false, IsAbstract: false } && !type.IsGenerated()
        select type.FullName);

    [Fact]
    public void FileHasOnePublicTypeAndItsName()
    {
        var faults = new List<string>();
        foreach (var file in Projects.SourceFiles)
        {
            var types = PublicType().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value).ToArray();
            var expected = Path.GetFileNameWithoutExtension(file);
            if (types.Length > 1 || (types is [var only] && only != expected)) faults.Add($"{Path.GetRelativePath(Repository.Root, file)}: {string.Join(", ", types)}");
        }

        Faults.None("A file has one public type at most, and its name.", faults);
    }

    [Fact]
    public void PublicTypesAreFound_InTheText()
    {
        const string Source = "namespace A;\n\npublic sealed record One(int X);\n\npublic readonly record struct Two;\n\ninternal class Three\n{\n    public class Nested;\n}\n\npublic enum Four { }\n";
        Assert.Equal(["One", "Two", "Four"], PublicType().Matches(Source).Select(match => match.Groups["name"].Value));
    }

    [GeneratedRegex(@"^public (?:[a-z]+ )*?(?:class|record struct|record|struct|interface|enum|delegate [\w<>?]+) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();
}
