using System.Text;
using CsCheck;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Tests.Results;

public sealed class RunResultFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-load-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task ComesBackAsItWasWritten_WhateverIsInIt()
    {
        var (path, again) = (Path.Combine(_folder.FullName, "run.json"), Path.Combine(_folder.FullName, "again.json"));
        await RunGen.Run.SampleAsync(
            async run =>
            {
                await RunResultFile.WriteAsync(run, path, Cancellation);
                var back = await RunResultFile.ReadAsync(path, Cancellation);
                await RunResultFile.WriteAsync(back, again, Cancellation);
                Assert.Equal(await File.ReadAllTextAsync(path, Cancellation), await File.ReadAllTextAsync(again, Cancellation));
                Assert.Equal(run.Total.Latency, back.Total.Latency);
                Assert.Equal(run.Total.Integrity, back.Total.Integrity);
                Assert.Equal(run.Intervals.Select(i => i.IntendedRate), back.Intervals.Select(i => i.IntendedRate));
                Assert.Equal(run.Scenario.Stages, back.Scenario.Stages);
                Assert.Equal(run.StartedAt, back.StartedAt);
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public async Task LooksAsItIsPublished()
    {
        var run = SampleRuns.Small() with { Verdict = Verdict.Failed };
        var total = run.Total with { Errors = new Dictionary<ErrorClass, long> { [ErrorClass.Tls] = 1, [ErrorClass.Connect] = 2 }, Refusals = new Dictionary<string, long> { ["b"] = 1, ["a"] = 2 } };
        var path = Path.Combine(_folder.FullName, "new", "run.json");
        await RunResultFile.WriteAsync(run with { Total = total }, path, Cancellation);
        var json = await File.ReadAllTextAsync(path, Cancellation);
        Assert.StartsWith(
            """
            {
              "schema": 1,
              "tool": "OrleansEcho.LoadTest 0.1.0",
              "startedAt": "2026-03-14T09:26:53+00:00",
              "seconds": 1,
              "scenario": {
                "name": "small",
                "targets": [
                  {
                    "host": "127.0.0.1",
                    "port": 7000,
                    "framing": "line",
                    "tls": null
                  },
            """,
            json);
        Assert.Contains(
            """
                "errors": {
                  "Connect": 2,
                  "Tls": 1
                },
                "refusals": {
                  "a": 2,
                  "b": 1
                },
            """,
            json);
        Assert.Contains("\"verdict\": \"Failed\"", json);
        Assert.DoesNotContain("\"faults\": 1,\n    }", json); // what can be reckoned is not in it
        Assert.Equal(["run.json"], Directory.EnumerateFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("", "r.json:1:1: is no result of a load test (")]
    [InlineData("{\n  \"schema\": 1,\n  oops\n}", "r.json:3:3: is no result of a load test ('o' is an invalid start of a property name")]
    [InlineData("[]", "r.json: is no result of a load test (it has no schema); give a file that --json has written.")]
    [InlineData("{}", "r.json: is no result of a load test (it has no schema); give a file that --json has written.")]
    [InlineData("null", "r.json: is no result of a load test (it has no schema); give a file that --json has written.")]
    [InlineData("{\"schema\":2,\"what\":[]}", "r.json: has schema 2, and this load tester reads schema 1; use the load tester that wrote it.")]
    [InlineData("{\"schema\":\"1\"}", "r.json: has schema \"1\", and this load tester reads schema 1; use the load tester that wrote it.")]
    [InlineData("{\"schema\":1}", "r.json:1:13: is no result of a load test (JSON deserialization for type 'RunResult' was missing required properties including: 'tool'")]
    [InlineData("{\"schema\":1,\n\"seconds\":\"x\"}", "r.json:2:14: is no result of a load test ($.seconds: The JSON value could not be converted to")]
    public void RefusesInOneLine_WhatIsNoResult(string json, string message)
    {
        var refusal = Assert.Throws<OutputFileException>(() => RunResultFile.Read(Encoding.UTF8.GetBytes(json), "r.json"));
        Assert.StartsWith(message, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task RefusesFiguresThatReportsCannotRelyOn()
    {
        var run = SampleRuns.Small();
        await AssertRefusedAsync(run with { Targets = [] }, "targets and scenario.targets are not as many");
        await AssertRefusedAsync(run with { Intervals = [run.Intervals[0] with { MessagesByTarget = [1] }] }, "an interval has more or fewer targets than the scenario");
        await AssertRefusedAsync(run with { Total = run.Total with { Latency = run.Total.Latency with { Histogram = "SElT" } } }, "a histogram in it is not one of HdrHistogram's");
    }

    [Fact]
    public async Task TellsInOneLine_WhatCannotBeReadOrWritten()
    {
        var missing = Path.Combine(_folder.FullName, "missing.json");
        Assert.Equal(
            $"{missing}: cannot be read (there is none); give a file that --json has written.",
            (await Assert.ThrowsAsync<OutputFileException>(() => RunResultFile.ReadAsync(missing, Cancellation))).Message);
        Assert.Equal(
            $"{_folder.FullName}: cannot be written (there is a folder of that name); choose another place, or make room and give permission there.",
            (await Assert.ThrowsAsync<OutputFileException>(() => RunResultFile.WriteAsync(SampleRuns.Small(), _folder.FullName, Cancellation))).Message);
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "", Cancellation);
        var below = Path.Combine(file, "run.json");
        var refusal = await Assert.ThrowsAsync<OutputFileException>(() => RunResultFile.WriteAsync(SampleRuns.Small(), below, Cancellation));
        Assert.Matches($"^{below}: cannot be written \\(.+\\); choose another place, or make room and give permission there\\.$", refusal.Message);
    }

    [Fact]
    public async Task LeavesWhatWasThere_WhenWritingFails()
    {
        var path = Path.Combine(_folder.FullName, "report.txt");
        await OutputFile.WriteAsync(path, writer => writer.Write("before"), Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(() => OutputFile.WriteAsync(
            path,
            writer =>
            {
                writer.Write(new string('x', 100_000));
                throw new InvalidOperationException();
            },
            Cancellation));
        Assert.Equal("before", await File.ReadAllTextAsync(path, Cancellation));
        Assert.Single(_folder.EnumerateFiles());
    }

    private async Task AssertRefusedAsync(RunResult run, string why)
    {
        var path = Path.Combine(_folder.FullName, "wrong.json");
        await RunResultFile.WriteAsync(run, path, Cancellation);
        var refusal = await Assert.ThrowsAsync<OutputFileException>(() => RunResultFile.ReadAsync(path, Cancellation));
        Assert.Equal($"{path}: is no result of a load test ({why}); give a file that --json has written.", refusal.Message);
    }
}
