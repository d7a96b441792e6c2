using System.Text.RegularExpressions;

namespace OrleansEcho.Architecture.Tests;

/// <summary>Whoever upgrades reads each change once, in the one list of its kind.</summary>
public sealed partial class ChangelogTests
{
    private static readonly string[] Versions = Version().Split(Repository.Read("CHANGELOG.md").ReplaceLineEndings("\n"))[1..];

    [Fact]
    public void EachKindOfChangeHasOneList()
    {
        Assert.NotEmpty(Versions);
        Faults.None("A version has each heading once.", Versions.SelectMany(version => Twice(Heading().Matches(version))));
    }

    [Fact]
    public void EachChangeIsToldOnce() => // a merge that takes both sides leaves it twice, often with one of the two reworded at its end
        Faults.None("A version tells each change once.", Versions.SelectMany(version => Twice(Beginning().Matches(version))));

    private static IEnumerable<string> Twice(MatchCollection lines) => lines.GroupBy(line => line.Value).Where(same => same.Count() > 1).Select(same => same.Key);

    [GeneratedRegex(@"^## .*\n", RegexOptions.Multiline)]
    private static partial Regex Version();

    [GeneratedRegex(@"^### .*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^- .{30}", RegexOptions.Multiline)]
    private static partial Regex Beginning();
}
