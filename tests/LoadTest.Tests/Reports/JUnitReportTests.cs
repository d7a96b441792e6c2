using System.Xml.Linq;
using CsCheck;
using OrleansEcho.LoadTest.Reports;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Tests.Results;

namespace OrleansEcho.LoadTest.Tests.Reports;

public sealed class JUnitReportTests
{
    [Fact]
    public void LooksAsCiSystemsWantIt()
    {
        const string Expected = """
            <?xml version="1.0" encoding="utf-16"?>
            <testsuites name="load test" tests="5" failures="3" errors="0" skipped="0" time="1.000">
              <testsuite name="small" tests="5" failures="3" errors="0" skipped="0" time="1.000" timestamp="2026-03-14T09:26:53">
                <properties>
                  <property name="messages_per_second" value="4" />
                  <property name="p50_us" value="900.095" />
                  <property name="p99_us" value="4001.791" />
                  <property name="p999_us" value="4001.791" />
                  <property name="max_us" value="4001.791" />
                  <property name="errors" value="0" />
                </properties>
                <testcase classname="small" name="threshold: p99 &gt; 1ms" time="1.000">
                  <failure message="p99 &gt; 1ms came true: 4.001ms" type="threshold" />
                </testcase>
                <testcase classname="small" name="threshold: errors &gt; 0" time="1.000" />
                <testcase classname="small" name="integrity" time="1.000">
                  <failure message="1 lost" type="integrity" />
                </testcase>
                <testcase classname="small" name="completeness" time="1.000" />
                <testcase classname="small" name="validity" time="1.000">
                  <failure message="The load tester was the bottleneck: the figures say more about it than about the gateways. It was late." type="validity" />
                </testcase>
                <system-out>It was late.</system-out>
              </testsuite>
            </testsuites>
            """;
        Assert.Equal(Expected, Written(SampleRuns.Small() with { Verdict = Verdict.Invalid, Remarks = ["It was late."] }));
    }

    [Fact]
    public void IsXml_AndCountsItsFailures_WhateverNamesAreInIt() => RunGen.Run.Sample(
        run =>
        {
            var suite = XDocument.Parse(Written(run)).Root!.Element("testsuite")!;
            Assert.Equal(run.Thresholds.Count + 3, suite.Elements("testcase").Count());
            if (run.Verdict is not Verdict.Passed) Assert.NotEmpty(suite.Descendants("failure")); // a CI server looks at nothing else
            Assert.Equal(suite.Descendants("failure").Count(), int.Parse(suite.Attribute("failures")!.Value));
        },
        iter: 50);

    private static string Written(RunResult run)
    {
        var text = new StringWriter();
        JUnitReport.Write(run, text);
        return text.ToString();
    }
}
