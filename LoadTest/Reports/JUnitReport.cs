using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Reports;

/// <summary>
/// A result as JUnit XML, which CI systems show: a test case for each threshold, one for the messages' integrity, one for their completeness and one for the
/// run's validity.
/// </summary>
internal static class JUnitReport
{
    /// <summary>Writes it.</summary>
    public static void Write(RunResult result, TextWriter writer)
    {
        XElement[] cases =
        [
            .. result.Thresholds.Select(t => Case(result, $"threshold: {t.Condition}", t.IsCrossed ? $"{t.Condition} came true: {t.Value}" : null)),
            Case(result, "integrity", result.Total.Integrity.Faults > 0 ? ReportText.Integrity(result.Total.Integrity) : null),
            Case(result, "completeness", Lacking(result)),
            Case(result, "validity", result.Verdict is Verdict.Invalid or Verdict.Interrupted ? string.Join(' ', (string[])[ReportText.Meaning(result.Verdict), .. result.Remarks]) : null),
        ];
        var failures = cases.Count(c => c.HasElements);
        XAttribute[] counts =
        [
            new("tests", cases.Length), new("failures", failures), new("errors", 0), new("skipped", 0), new("time", Seconds(result.Seconds)),
        ];
        var suite = new XElement(
            "testsuite",
            new XAttribute("name", result.Scenario.Name),
            counts,
            new XAttribute("timestamp", result.StartedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)),
            Properties(result),
            cases,
            result.Remarks.Count > 0 ? new XElement("system-out", string.Join('\n', result.Remarks)) : null);
        var root = new XElement("testsuites", new XAttribute("name", "load test"), counts.Select(c => new XAttribute(c)), suite);
        XmlText.Clean(root);
        using var xml = XmlWriter.Create(writer, new XmlWriterSettings { Indent = true, NewLineChars = "\n", NewLineHandling = NewLineHandling.None, CloseOutput = false });
        new XDocument(root).Save(xml);
    }

    // Also where nothing came back at all.
    private static string? Lacking(RunResult result) => Shortfall.Of(result.Scenario, result.Total, result.Generator)
        ?? (result is { Verdict: Verdict.Failed, Total.Integrity.Faults: 0 } && !result.Thresholds.Any(t => t.IsCrossed)
            ? result.Remarks is [var why, ..] ? why : ReportText.Meaning(result.Verdict)
            : null);

    private static XElement Case(RunResult result, string name, string? failure) => new(
        "testcase",
        new XAttribute("classname", result.Scenario.Name),
        new XAttribute("name", name),
        new XAttribute("time", Seconds(result.Seconds)),
        failure is null ? null : new XElement("failure", new XAttribute("message", failure), new XAttribute("type", name.Split(':')[0])));

    private static XElement Properties(RunResult result) => new(
        "properties",
        Property("messages_per_second", result.Total.MessagesPerSecond),
        Property("p50_us", result.Total.Latency.P50),
        Property("p99_us", result.Total.Latency.P99),
        Property("p999_us", result.Total.Latency.P999),
        Property("max_us", result.Total.Latency.Max),
        Property("errors", result.Total.Errors.Values.Sum()));

    private static XElement Property(string name, double value) =>
        new("property", new XAttribute("name", name), new XAttribute("value", value.ToString("0.###", CultureInfo.InvariantCulture)));

    private static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);
}
