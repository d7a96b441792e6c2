using System.Text.RegularExpressions;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>Whoever reads a warning finds in docs/troubleshooting.md what to do, and nothing stands there that no program says.</summary>
public sealed partial class TroubleshootingDocumentationTests
{
    // Of the programs of a cluster: a client's log is its application's, and docs/client.md has it.
    private static readonly int[] Said = [.. LogEvents.All.Where(e => e.IsTrouble && e.Project is not "Client").Select(e => e.Id).Order()];

    private static readonly int[] Documented = [.. Row().Matches(Repository.Read("docs", "troubleshooting.md")).Select(row => int.Parse(row.Groups[1].ValueSpan)).Order()];

    [Fact]
    public void EveryWarningIsExplained() =>
        Faults.None("docs/troubleshooting.md has a row for every event at Warning or above.", Said.Except(Documented).Select(Describe));

    [Fact]
    public void NothingElseIsExplained() =>
        Faults.None("docs/troubleshooting.md has rows for events that there are, each once.", Documented.Except(Said).Concat(Documented.GroupBy(id => id).Where(rows => rows.Count() > 1).Select(rows => rows.Key)).Select(id => $"{id}"));

    private static string Describe(int id) => $"{id}: {LogEvents.All.First(e => e.Id == id).Method}";

    [GeneratedRegex(@"^\| (\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
