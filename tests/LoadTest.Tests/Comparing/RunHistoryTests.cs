using OrleansEcho.LoadTest.Comparing;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Tests.Results;

namespace OrleansEcho.LoadTest.Tests.Comparing;

public sealed class RunHistoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-history-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task RunsAreInOrderOfTime_ByScenario_AndWhatIsNoneIsTold()
    {
        var small = SampleRuns.Small();
        await WriteAsync("a", small with { StartedAt = small.StartedAt.AddDays(1), Tool = "later|" });
        await WriteAsync("b", small);
        await WriteAsync("c", SampleRuns.Ramp(2));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "d.json"), "{}", Cancellation);
        var history = await RunHistory.ReadAsync(_folder.FullName, scenario: null, Cancellation);
        Assert.Equal(["ramp to 36k", "small"], history.Scenarios.Select(s => s.Scenario));
        Assert.Equal($"Left out: {Path.Combine(_folder.FullName, "d.json")}: is no result of a load test (it has no schema); give a file that --json has written.", Assert.Single(history.Remarks));
        Assert.Equal(["small"], (await RunHistory.ReadAsync(_folder.FullName, "small", Cancellation)).Scenarios.Select(s => s.Scenario));

        var text = new StringWriter();
        HistoryMarkdown.Write(RunHistory.Of(history.Scenarios[1].Runs), text);
        Assert.Equal(
            """
            # Load tests

            ## small

            | when (UTC) | verdict | seconds | messages/s | p50 | p90 | p99 | p99.9 | max | load tester's CPU a message | errors | faults | file | version |
            |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
            | 2026-03-14 09:26 | failed | 1 | 4 | 900 µs | 4 ms | 4 ms | 4 ms | 4 ms | 7.85 s | 0 | 1 | b | OrleansEcho.LoadTest 0.1.0 |
            | 2026-03-15 09:26 | failed | 1 | 4 | 900 µs | 4 ms | 4 ms | 4 ms | 4 ms | 7.85 s | 0 | 1 | a | later\| |

            """,
            text.ToString());
    }

    [Fact]
    public async Task FolderThatIsNotThere_IsToldInOneLine()
    {
        var folder = Path.Combine(_folder.FullName, "none");
        Assert.Equal(
            $"{folder}: cannot be read (there is none); give a folder of files that --json has written.",
            (await Assert.ThrowsAsync<OutputFileException>(() => RunHistory.ReadAsync(folder, scenario: null, Cancellation))).Message);
    }

    [Fact]
    public void ChangeOfTheMachine_OrOfTheLoad_IsTold()
    {
        var small = SampleRuns.Small();
        var history = RunHistory.Of([new("a", small), new("b", small with { Machine = small.Machine with { Processors = 64 } })]);
        Assert.StartsWith("THE MACHINES ARE NOT THE SAME", Assert.Single(history.Remarks));

        history = RunHistory.Of([new("a", small), new("b", small with { Scenario = small.Scenario with { Stages = [.. small.Scenario.Stages.Select(s => s with { Connections = s.Connections + 1 })] } })]);
        Assert.StartsWith("THE LOAD IS NOT THE SAME in the runs of 'small'", Assert.Single(history.Remarks));
    }

    private Task WriteAsync(string name, RunResult run) => RunResultFile.WriteAsync(run, Path.Combine(_folder.FullName, $"{name}.json"), Cancellation);
}
