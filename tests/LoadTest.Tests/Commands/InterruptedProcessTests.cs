using System.Text.Json;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.LoadTest.Tests.Commands;

/// <summary>Whatever ends a load tester that can be caught, what it has counted is kept.</summary>
public sealed class InterruptedProcessTests : ProcessTest
{
    private static readonly string[] Load =
        ["--connections", "2", "--think", "5ms", "--warmup", "0s", "--duration", "10m", "--json", "result.json"];

    [Theory]
    [InlineData(Signal.HangUp)]
    [InlineData(Signal.Terminate)]
    public async Task ASignal_EndsTheRun_AndItsResultIsWritten(Signal signal)
    {
        using var echo = new ByteEcho();
        var run = Start(EchoExecutable.LoadTest, ["run", "--target", $"line={echo.Address}", .. Load]);
        await run.Output.WaitForAsync("2 open, "); // the line of its first second

        run.Send(signal);

        Assert.Equal(130, await run.WaitForExitAsync());
        await AssertKeptAsync(run);
    }

    [Fact]
    public async Task TheResultIsWritten_WhenTheTerminalIsClosed()
    {
        using var echo = new ByteEcho();
        var command = string.Join(' ', ["exec", .. EchoExecutable.LoadTest.Command, "run", "--target", $"line={echo.Address}", .. Load]);
        var terminal = Start(EchoExecutable.Other("A load tester in a terminal", "script", "--quiet", "--command", command), ["/dev/null"],
            new Dictionary<string, string> { ["TERM"] = "xterm", ["SHELL"] = "/bin/sh" });
        await terminal.Output.WaitForAsync(" measuring");

        terminal.Send(Signal.Kill); // the terminal is gone: its programs get SIGHUP, and each write to it fails

        await Deadline.UntilAsync(
            () => Task.FromResult(File.Exists(Result(terminal)) && new FileInfo(Result(terminal)).Length > 0), "the result to be written");
        await AssertKeptAsync(terminal);
    }

    private static async Task AssertKeptAsync(EchoProcess run)
    {
        using var result = JsonDocument.Parse(await File.ReadAllTextAsync(Result(run), Cancelled));
        Assert.Equal("Interrupted", result.RootElement.GetProperty("verdict").GetString());
        Assert.True(result.RootElement.GetProperty("total").GetProperty("messages").GetInt64() > 0);
    }

    private static string Result(EchoProcess run) => Path.Combine(run.WorkingDirectory, "result.json");
}
