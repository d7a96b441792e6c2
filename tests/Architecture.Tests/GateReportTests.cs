using System.Diagnostics;

namespace OrleansEcho.Architecture.Tests;

/// <summary>The end of .ci/run says what failed: each test with the beginning of its message, and each program that did not end as it should.</summary>
public sealed class GateReportTests : IDisposable
{
    private readonly string _log = Path.GetTempFileName();

    public void Dispose() => File.Delete(_log);

    [Fact]
    public async Task EachFailedTestIsNamed_WithTheBeginningOfItsMessage()
    {
        // As dotnet test writes it: the message stands there twice, and what the test wrote may look like another one's failure.
        await File.WriteAllTextAsync(
            _log,
            $"""
            failed A.Short (104ms)
              Assert.Equal() Failure: Strings differ
            Expected: "abc"
              from /repository/A.dll (net10.0|x64)
              Assert.Equal() Failure: Strings differ
              Expected: "abc"
                at A.Short() in /repository/A.cs:4
              Standard output
                failed B.Other (1ms)
            skipped A.Skipped
              why
            failed [Test Class Cleanup Failure (A.Long)]
              {string.Join('\n', Enumerable.Range(1, 12).Select(line => $"line {line} {new string('x', 400)}"))}
              from /repository/A.dll (net10.0|x64)
            /repository/C.dll (net10.0|x64) failed with 1 error(s) (9s 981ms)

            Test run summary: Failed!
              /repository/C.dll (net10.0|x64) failed with 1 error(s) (9s 981ms)

              total: 16
            """,
            TestContext.Current.CancellationToken);
        var said = await ReportAsync();
        Assert.Equal(
            [
                "failed A.Short (104ms)", "  Assert.Equal() Failure: Strings differ", "Expected: \"abc\"", "failed [Test Class Cleanup Failure (A.Long)]",
                $"  line 1 {new string('x', 291)}", .. Enumerable.Range(2, 7).Select(line => $"line {line} {new string('x', 293)}"),
                "  /repository/C.dll (net10.0|x64) failed with 1 error(s) (9s 981ms)",
            ],
            said);
    }

    private async Task<string[]> ReportAsync()
    {
        using var script = Process.Start(new ProcessStartInfo(Repository.PathOf(".ci", "failed"), [_log]) { RedirectStandardOutput = true })!;
        var said = await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, script.ExitCode);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
