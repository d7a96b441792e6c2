using System.Text.RegularExpressions;
using System.Xml.Linq;
using CsCheck;
using OrleansEcho.LoadTest.Comparing;
using OrleansEcho.LoadTest.Reports.Html;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Searching;
using OrleansEcho.LoadTest.Tests.Results;
using OrleansEcho.LoadTest.Tests.Searching;

namespace OrleansEcho.LoadTest.Tests.Reports;

public sealed partial class HtmlReportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-pages-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void IsWellFormed_AndSelfContained_WhateverIsInTheRun() => RunGen.Run.Sample(
        run =>
        {
            var (page, text) = Page(run);
            Assert.Equal(run.Scenario.Name.Replace("\u0001", "\uFFFD").Replace("\u001b", "\uFFFD").Replace('\ud800', '\uFFFD'),
                page.Descendants("h1").Single().Value);
            Assert.DoesNotContain("alert(1)</script>", text, StringComparison.OrdinalIgnoreCase);
            Assert.Single(page.Descendants("script"));
            Assert.All(page.Descendants("svg"), svg => Assert.NotEmpty(svg.Attribute("aria-label")!.Value));
            AssertLoadsNothing(page, text);
            AssertHasNoBrokenNumber(page);
        },
        iter: 40);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(60, 3)]
    [InlineData(900, 8)]
    [InlineData(30, 20)]
    public void DrawsRunsOfEveryLength(int seconds, int targets)
    {
        var (page, text) = Page(SampleRuns.Ramp(seconds, targets));
        // No plot of errors where there are none.
        Assert.Equal(4 + (targets > 1 ? 2 : 1) + (seconds < 30 ? 0 : 1), page.Descendants("figure").Count());
        Assert.True(text.Length < 1_500_000, $"{text.Length} characters are too many for a page.");
        Assert.All(page.Descendants("svg"), svg => AssertLabelsAreApart(svg));
        AssertHasNoBrokenNumber(page);
    }

    [Fact]
    public void SaysWhatItIs_AndNothingThatIsNot()
    {
        var run = SampleRuns.Ramp(3, 2) with { Thresholds = [], Tool = "0.1.0" };
        var text = Page(run).Page.Root!.Value;
        Assert.Contains("ramp to 36k on 127.0.0.1:7000, 127.0.0.1:7001: passed", text, StringComparison.Ordinal);
        Assert.Contains("Every message came back as it should.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("threshold", text, StringComparison.Ordinal);
        Assert.Contains("Made by OrleansEcho.LoadTest 0.1.0.", text, StringComparison.Ordinal);
        Assert.Contains("256open at the end", text, StringComparison.Ordinal);
        Assert.Contains("wrong messages0every echo was compared", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Integrity", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Page(run with { Total = run.Total with { Errors = new Dictionary<ErrorClass, long>() } }).Page.Descendants(
            "h2"), heading => heading.Value is "Errors");
        Assert.Contains("Integrity11 lost", Page(run with
        {
            Total = run.Total with { Integrity = new IntegrityFigures(1, 0, 0, 0, 0, 0) },
        }).Page.Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void FlagsTheGatewayThatIsBehind()
    {
        var (page, _) = Page(SampleRuns.Ramp());
        var flagged = Assert.Single(
            page.Descendants("td"), td => td.Attribute("class")?.Value is "flag" && td.Value.StartsWith("! ", StringComparison.Ordinal));
        Assert.Equal("127.0.0.1:7002", flagged.Parent!.Elements().First().Value);
        Assert.Matches(@"^! −2\d(\.\d)? % messages, p99 [\d.]+×$", flagged.Value);
    }

    // Opens all pages in a browser. Whoever wants to look at them: SAMPLE_PAGES=folder.
    [Fact]
    public async Task OpensInABrowser_WithoutAWord_AndFitsATelephone()
    {
        var folder = Environment.GetEnvironmentVariable("SAMPLE_PAGES") is { Length: > 0 } chosen
            ? Directory.CreateDirectory(chosen) : _folder;
        RunResult[] a = [
            .. Enumerable.Range(0, 6).Select(i => SampleRuns.Ramp(20, 2, seed: i) with { StartedAt = SampleRuns.Start.AddMinutes(2 * i) })];
        RunResult[] b = [.. Enumerable.Range(0, 6)
            .Select(i => SampleRuns.Ramp(20, 2, seed: 10 + i, speed: 0.9) with { StartedAt = SampleRuns.Start.AddMinutes(2 * i + 1) })];
        Write(folder, "run", writer => HtmlReport.Write(SampleRuns.Ramp(), writer));
        Write(folder, "long", writer => HtmlReport.Write(SampleRuns.Ramp(1800, 10), writer));
        Write(folder, "short", writer => HtmlReport.Write(SampleRuns.Small(), writer));
        Write(folder, "nothing", writer => HtmlReport.Write(SampleRuns.Nothing(), writer));
        Write(folder, "comparison", writer => ComparisonHtml.Write(RunComparison.Compare(a, b), writer));
        Write(folder, "history", writer => HistoryHtml.Write(RunHistory.Of([.. ((RunResult[])[.. a, .. b, SampleRuns.Ramp(),
            SampleRuns.Ramp(seed: 9)]).Select((run, i) => new HistoryRun($"run-{i + 1:00}", run))]), writer));
        Write(folder, "search", writer => SearchHtml.Write(SampleSearches.Found(), writer));
        Write(folder, "search-nothing", writer => SearchHtml.Write(SampleSearches.Nothing(), writer));
        var browser = Browser.Find();
        Assert.SkipWhen(browser is null, "There is no Chromium here to open pages with (Debian's package chromium).");
        foreach (var page in folder.EnumerateFiles("*.html"))
        {
            var (dom, console) = await Browser.OpenAsync(browser!, page.FullName, TestContext.Current.CancellationToken);
            // All of it: where the fault is stands at its end.
            Assert.True(console.Length is 0, $"The console of {page.Name} has:\n{console}");
            Assert.Contains("id=\"tip\"", dom);
        }

        await AssertNothingScrollsSidewaysAsync(browser!, folder);
    }

    [Fact]
    public void WhatAPageSaysInABrowser_IsShownToItsLastLine() => Assert.Equal(
        "[1:2:1128/1.2:INFO:CONSOLE:3] \"first\nsecond\", source: file:///a.html (3)\n[1:2:1128/1.2:INFO:CONSOLE(4)] \"last\"",
        Browser.Console("""
            Warning: no fonts
            [1:2:1128/1.2:ERROR:dbus/bus.cc:405] Failed to connect
            [1:2:1128/1.2:INFO:CONSOLE:3] "first
            second", source: file:///a.html (3)
            [1:2:1128/1.2:ERROR:dbus/bus.cc:406] Failed
            again
            [1:2:1128/1.2:INFO:CONSOLE(4)] "last"

            """));

    // 390 px is a telephone's; a page within a frame has its width, however wide the window is.
    private static async Task AssertNothingScrollsSidewaysAsync(string browser, DirectoryInfo folder)
    {
        var frames = folder.EnumerateFiles("*.html").Select(page =>
            $"<iframe title='{page.Name}' width='390' height='800' "
            + $"srcdoc='{System.Net.WebUtility.HtmlEncode(File.ReadAllText(page.FullName))}'></iframe>");
        var harness = Path.Combine(folder.FullName, "narrow.htm");
        await File.WriteAllTextAsync(harness, "<!DOCTYPE html><meta charset='utf-8'><body>" + string.Concat(frames) + """
            <pre></pre><script>
            addEventListener('load', () => {
              const wide = [...document.querySelectorAll('iframe')].flatMap(frame => {
                const page = frame.contentDocument;
                page.querySelectorAll('details').forEach(part => part.open = true);
                return [page.documentElement, ...page.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1)
                  .map(e => `${frame.title}: ${e.tagName} ${e.scrollWidth} px in ${e.clientWidth}: ${e.textContent.slice(0, 60)}`);
              });
              document.querySelector('pre').textContent = `looked at ${document.querySelectorAll('iframe').length} pages; too wide: ${wide.join(' | ') || 'none'}`;
            });
            </script>
            """);
        var (dom, _) = await Browser.OpenAsync(browser, harness, TestContext.Current.CancellationToken);
        File.Delete(harness);
        var found = Found().Match(dom).Groups[1].Value;
        Assert.True(found is "looked at 8 pages; too wide: none", $"The page that frames the others says: {found}");
    }

    private static void Write(DirectoryInfo folder, string name, Action<TextWriter> write)
    {
        using (var writer = new StreamWriter(Path.Combine(folder.FullName, name + ".html"))) write(writer);
        var text = File.ReadAllText(Path.Combine(folder.FullName, name + ".html"));
        var page = XDocument.Parse(text);
        AssertLoadsNothing(page, text);
        AssertHasNoBrokenNumber(page);
        if (name.StartsWith("search", StringComparison.Ordinal)) Assert.All(page.Descendants("svg"), AssertLabelsAreApart);
    }

    private static (XDocument Page, string Text) Page(RunResult run)
    {
        var writer = new StringWriter();
        HtmlReport.Write(run, writer);
        return (XDocument.Parse(writer.ToString()), writer.ToString());
    }

    private static void AssertLoadsNothing(XDocument page, string text)
    {
        Assert.DoesNotContain(page.Descendants().Attributes(), a => a.Name.LocalName is "src" or "href" or "srcset" or "action" or "data");
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "link" or "img" or "iframe" or "object" or "use" or "image");
        Assert.DoesNotMatch(Loading(), text);
        // HTML and XML read it alike.
        Assert.All(page.Descendants("style").Concat(page.Descendants("script")), e => Assert.DoesNotMatch("[<>&]", e.Value));
    }

    private static void AssertHasNoBrokenNumber(XDocument page) =>
        Assert.DoesNotMatch(BrokenNumber(), string.Join(' ', page.Descendants(
            "svg").DescendantsAndSelf().Attributes().Select(a => a.Value).Concat(page.Descendants("td").Select(td => td.Value))));

    // Labels of the same line of a plot do not touch: 6.3 units a letter is what the font takes.
    private static void AssertLabelsAreApart(XElement svg)
    {
        static double Number(XElement e, string name) =>
            double.Parse(e.Attribute(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);
        var labels = svg.Descendants("text").Select(t =>
        {
            var (x, width) = (Number(t, "x"), t.Value.Length * 6.3);
            return (Y: Number(t, "y"), From: t.Attribute(
                "text-anchor")!.Value switch
            { "middle" => x - width / 2, "end" => x - width, _ => x }, Width: width, Text: t.Value);
        }).ToArray();
        var right = double.Parse(svg.Attribute("viewBox")!.Value.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);
        Assert.All(labels, l => Assert.InRange(l.From, -2, right - l.Width + 6));
        foreach (var one in labels)
        {
            Assert.DoesNotContain(labels, other => other != one && Math.Abs(
                other.Y - one.Y) < 10 && other.From < one.From + one.Width && one.From < other.From + other.Width);
        }
    }

    [GeneratedRegex(@"url\(|@import|fetch\(|XMLHttpRequest|(?:src|href)\s*=\s*[""']", RegexOptions.IgnoreCase)]
    private static partial Regex Loading();

    [GeneratedRegex("<pre>([^<]*)</pre>")]
    private static partial Regex Found();

    [GeneratedRegex(@"\bNaN\b|Infinity|∞")]
    private static partial Regex BrokenNumber();
}
