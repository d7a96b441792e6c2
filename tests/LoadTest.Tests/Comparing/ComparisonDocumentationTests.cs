using System.Globalization;
using System.Text.RegularExpressions;
using OrleansEcho.LoadTest.Comparing;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Tests.Results;

namespace OrleansEcho.LoadTest.Tests.Comparing;

/// <summary>The worked comparison of docs/load-testing.md is what the code makes of the runs that stand there.</summary>
public sealed partial class ComparisonDocumentationTests
{
    private static readonly string Example =
        Regex.Match(Repository.Read("docs", "load-testing.md"), @"```\n(A is mine on .*?)```", RegexOptions.Singleline).Groups[1].Value;

    [Fact]
    public void TheWorkedComparisonFollowsFromItsRuns()
    {
        var runs = RunLine().Matches(Example).ToLookup(line => line.Groups[1].Value, line => Run(Number(line.Groups[2].Value)));
        Assert.Equal((6, 6), (runs["A"].Count(), runs["B"].Count()));
        var comparison = RunComparison.Compare([.. runs["A"]], [.. runs["B"]]);

        // The lines of runs are rounded: a median is up to one message beside theirs.
        string[] cells = [.. Row().Match(Example).Groups.Values.Skip(1).Select(cell => cell.Value)];
        Assert.InRange(comparison.Figures[0].MedianA - Number(cells[0]), -1, 1);
        Assert.InRange(comparison.Figures[0].MedianB - Number(cells[1]), -1, 1);
        Assert.Equal(ComparisonText.Cells(comparison.Figures[0])[3], cells[2]);
        Assert.Equal(
            [.. ComparedFigure.All.Select(figure => figure.Name)], [.. Figure().Matches(Example).Select(row => row.Groups[1].Value)]);
        Assert.Contains(Line(ComparisonText.ShortLegend(comparison)), Line(Example), StringComparison.Ordinal);
        Assert.Contains(Line(string.Join(' ', ComparisonText.Headings.Take(4).Append(ComparisonText.Headings[^1]))), Line(Example),
            StringComparison.Ordinal);
    }

    private static RunResult Run(double rate)
    {
        var run = SampleRuns.Small();
        return run with { Total = run.Total with { MessagesPerSecond = rate } };
    }

    private static double Number(string text) => double.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);

    private static string Line(string text) => Spaces().Replace(text, " ");

    [GeneratedRegex(@"^([AB]) \d of 6: ([\d,]+) messages/s, p99 ", RegexOptions.Multiline)]
    private static partial Regex RunLine();

    [GeneratedRegex(@"^  messages/s +(\S+) +(\S+) +(\S+ %) ", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^  (\S+(?: \S+)*?)  .*(?:better|worse|same|noisy|runs)$", RegexOptions.Multiline)]
    private static partial Regex Figure();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
