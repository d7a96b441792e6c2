using System.Text.RegularExpressions;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>One word, one type: whoever searches for a name finds one thing, in the product and in what tests it.</summary>
public sealed partial class TypeNameTests
{
    // A class's own log methods, by the same name everywhere.
    private const string LogMethods = "Log";

    [Fact]
    public void ANameIsGivenToOneType()
    {
        var declared = Projects.AllSourceFiles.SelectMany(file => NamesIn(File.ReadAllText(file)).Select(name => (Name: name, Where: PartOf(file)))).Distinct();
        Faults.None(
            "A name is given to one type.",
            declared.Where(type => type.Name is not LogMethods).GroupBy(type => type.Name, type => type.Where).Where(places => places.Count() > 1)
                .Select(places => $"{places.Key}: {string.Join(", ", places.Order(StringComparer.Ordinal))}"));
    }

    [Fact]
    public void NestedTypesAreFound_AndWordsAreNot()
    {
        const string Source = """
            /// <summary>A class of records.</summary>
            public sealed partial class One<T>(int x)
            {
                private readonly record struct Two(int Y);

                // class Three
                internal enum Four
            }

            file delegate Task<int> Five();
            """;
        Assert.Equal(["One", "Two", "Four", "Five"], NamesIn(Source));
    }

    private static IEnumerable<string> NamesIn(string source) => Declaration().Matches(source).Select(match => match.Groups["name"].Value);

    // A class in parts is in Name.cs and Name.Part.cs.
    private static string PartOf(string file) => Regex.Replace(Path.GetRelativePath(Repository.Root, file), @"(\.\w+)?\.cs$", "");

    [GeneratedRegex(
        @"^ *(?:(?:public|internal|private|protected|file|static|sealed|abstract|partial|readonly|ref|new) )*"
        + @"(?:class|record struct|record|struct|interface|enum|delegate [\w<>?,.]+) (?<name>[A-Z]\w*)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
