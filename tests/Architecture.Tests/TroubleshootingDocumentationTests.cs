using System.Text.RegularExpressions;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>Whoever reads a warning, or the line that a program ends with, finds in docs/troubleshooting.md what to do, and nothing stands there that no program says.</summary>
public sealed partial class TroubleshootingDocumentationTests
{
    // Of the programs of a cluster: a client's log is its application's, and docs/client.md has it.
    private static readonly int[] Said = [.. LogEvents.All.Where(e => e.IsTrouble && e.Project is not "Client").Select(e => e.Id).Order()];

    // Good news, and steps of what somebody has asked for: nobody has to do anything.
    private static readonly int[] NeedsNothing =
    [
        1001, 1022, 1024, 1031, 1032, 1042, 2033, 2101, 2105, 2106, 2107, 2201, 2202, 2203, 2205, 2302, 2306, 2308, 2310, 3101, 3104, 3107, 4011, 4012, 4025, 4102,
    ];

    private static readonly int[] Remarks =
        [.. LogEvents.All.Where(e => e is { Level: "Information", Project: not "Client" } && !NeedsNothing.Contains(e.Id)).Select(e => e.Id).Order()];

    // Of a line's pattern: in the first column of a table, with dots for what differs. Options' faults begin with a key, and are in --help.
    private static readonly string[] Patterns =
        [.. LineRow().Matches(Repository.Read("docs", "troubleshooting.md")).SelectMany(row => Quoted().Matches(row.Groups[1].Value)).Select(quoted => quoted.Groups[1].Value).Except(["KEY: …"])];

    private static readonly int[] Documented = [.. Row().Matches(Repository.Read("docs", "troubleshooting.md")).Select(row => int.Parse(row.Groups[1].ValueSpan)).Order()];

    [Fact]
    public void EveryWarningIsExplained() =>
        Faults.None("docs/troubleshooting.md has a row for every event at Warning or above.", Said.Except(Documented).Select(Describe));

    [Fact]
    public void NothingElseIsExplained() =>
        Faults.None("docs/troubleshooting.md has rows for events that there are, each once.", Documented.Except(Said).Except(Remarks).Concat(Documented.GroupBy(id => id).Where(rows => rows.Count() > 1).Select(rows => rows.Key)).Select(id => $"{id}"));

    [Fact]
    public void EveryRemarkIsExplained_UnlessItNeedsNothing() =>
        Faults.None("docs/troubleshooting.md has a row for every event at Information that is not in the list of those that need nothing.", Remarks.Except(Documented).Select(Describe));

    [Fact]
    public void EveryLineThatEndsAProgramIsExplained()
    {
        Assert.True(ErrorLines.All.Count > 40, $"Only {ErrorLines.All.Count} lines were found in the source.");
        Assert.True(ErrorLines.OfStores.Count > 1);
        Faults.None("docs/troubleshooting.md has a row for every line that a program ends with.", ErrorLines.All.Concat(ErrorLines.OfStores.Select(words => $"… {words}")).Where(line => !Patterns.Any(pattern => IsOf(line, pattern))));
    }

    [Fact]
    public void NoOtherLineIsExplained() =>
        Faults.None("docs/troubleshooting.md has the words of lines as programs say them.", Patterns.Where(pattern => !ErrorLines.All.Concat(ErrorLines.OfStores.Select(words => $"… {words}")).Concat(OtherLines).Any(line => IsOf(line, pattern))));

    // Of the log, and of a run's verdict: they end no program.
    private static readonly string[] OtherLines = ["Waiting for …", "Messages were sent late: …"];

    private static bool IsOf(string line, string pattern) => Regex.IsMatch(line, $"^{string.Join(".*", pattern.Split(ErrorLines.Hole).Select(Regex.Escape))}", RegexOptions.Singleline);

    private static string Describe(int id) => $"{id}: {LogEvents.All.First(e => e.Id == id).Method}";

    [GeneratedRegex(@"^\| (\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| ([^|]*`[^|]*) \| [\d–]+ \|", RegexOptions.Multiline)]
    private static partial Regex LineRow();

    [GeneratedRegex("`(?:error: )?([^`]* [^`]*)`")]
    private static partial Regex Quoted();
}
