using System.Text.RegularExpressions;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>The tables of metrics list what the programs and the client make, with its unit and its kind; tests/Cluster.Tests compares them with real processes.</summary>
public sealed partial class MetricDocumentationTests
{
    private static readonly (string File, bool HasKinds)[] Pages = [("operations.md", true), ("client.md", false)];

    [Fact]
    public void TablesListEveryInstrument()
    {
        var documented = Rows().ToLookup(row => row.Name);
        Faults.None("An instrument is documented.", Instruments.All.Where(made => !documented.Contains(made.Name!)).Select(made => $"{made.Name} ({made.Where})"));
        Faults.None("An instrument is documented once.", documented.Where(rows => rows.Count() > 1).Select(rows => rows.Key));
    }

    [Fact]
    public void TablesListNothingElse_WithTheRightUnitsAndKinds()
    {
        var made = Instruments.All.ToDictionary(instrument => instrument.Name!);
        Faults.None("A documented instrument is there.", Rows().Where(row => !made.ContainsKey(row.Name)).Select(row => $"docs/{row.File}: {row.Name}"));
        Faults.None(
            "The table has the instrument's unit and kind.",
            from row in Rows()
            where made.ContainsKey(row.Name)
            let instrument = made[row.Name]
            where instrument.Unit != row.Unit || (row.Kind ?? instrument.Kind) != instrument.Kind
            select $"docs/{row.File}: {row.Name} is a {instrument.Kind} of {instrument.Unit}");
    }

    private static IEnumerable<(string File, string Name, string Unit, string? Kind)> Rows() =>
        from page in Pages
        from match in Row().Matches(Repository.Read("docs", page.File))
        select (page.File, match.Groups[1].Value, match.Groups[2].Value, page.HasKinds ? match.Groups[3].Value : null);

    [GeneratedRegex(@"^\| `(echo\.[a-z_.]+)` \| `([^`]+)` \| ([^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
