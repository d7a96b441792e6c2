using CsCheck;
using OrleansEcho.LoadTest.Comparing;
using OrleansEcho.LoadTest.Reports.Terminal;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Tests.Results;
using Spectre.Console;

namespace OrleansEcho.LoadTest.Tests.Reports;

public sealed class TerminalTests
{
    private static readonly LoadProgress Now = new()
    {
        Phase = LoadPhase.Measuring,
        Elapsed = TimeSpan.FromSeconds(23),
        Left = TimeSpan.FromSeconds(37.4),
        ConnectionsOpen = 256,
        Messages = 1_000_000,
        MessagesPerSecondByTarget = [12_100, 12_050, 9_400],
        IntendedRate = 36_000,
        Faults = 0,
        Errors = 3,
        LastSecond = SampleRuns.Ramp(1).Total.Latency,
    };

    [Fact]
    public void SummaryTellsTheVerdictFirst()
    {
        const string Expected = """

            ✗ FAILED  small  1 s, 127.0.0.1:7000, 127.0.0.1:7001
              crossed      p99 > 1ms: 4.001ms
              not crossed  errors > 0: 0
              1 lost

              messages/s   4     4 messages, 128 B/s each way
              connections  2     open at the end
              load tester  26 %  of the processors, 94 MiB

                      latency  service
              mean    1.68 ms  1.68 ms
              p50      900 µs   900 µs
              p90        4 ms     4 ms
              p99        4 ms     4 ms
              p99.9      4 ms     4 ms
              p99.99     4 ms     4 ms
              max        4 ms     4 ms

              127.0.0.1:7000  ████████████████████  3/s  p99 4 ms  +50 % messages
              127.0.0.1:7001  ██████▋               1/s  p99 –     −50 % messages


            """;
        Assert.Equal(Expected, Shown(80, console => SummaryView.Write(SampleRuns.Small(), console)));
    }

    [Fact]
    public void NothingIsWiderThanTheTerminal_AndNothingSteersIt() => Gen.Select(RunGen.Run, Gen.Int[40, 130]).Sample(
        (run, width) =>
        {
            var shown = Shown(width, console => SummaryView.Write(run, console)) + Shown(width, console => ComparisonView.Write(RunComparison.Compare([run], [run]), console));
            Assert.All(shown.Split('\n'), line => Assert.InRange(line.Length, 0, width + 2)); // a letter may be two characters
            Assert.DoesNotMatch(@"[\u0000-\u0009\u000b-\u001f\u007f]", shown);
        },
        iter: 60);

    [Fact]
    public void LiveViewShowsWhereTheRunIs()
    {
        var scenario = SampleRuns.Ramp(1).Scenario;
        var shown = Shown(60, console =>
        {
            var view = new LiveView(scenario, console, TimeProvider.System);
            view.Progress(Now);
            foreach (var interval in SampleRuns.Ramp(20).Intervals) view.SecondOver(interval, SampleRuns.Ramp(1).Total);
            console.Write(view.Draw());
        });
        Assert.StartsWith("ramp to 36k  measuring  37 s left\n", shown);
        Assert.Contains("messages/s   33,550 of 36,000 intended", shown);
        Assert.Contains("▅▅", shown);
        Assert.Contains("errors       3", shown);
        Assert.Matches("127\\.0\\.0\\.1:7000  █{24}  12,100/s", shown);
        Assert.Matches("127\\.0\\.0\\.1:7002  █{18}.? +9,400/s", shown);
    }

    [Fact]
    public async Task LiveViewDrawsWhileTheRunGoes_AndHandsOnWhatCameOfIt()
    {
        var text = new StringWriter();
        var console = Console(80, text, AnsiSupport.Yes);
        var view = new LiveView(SampleRuns.Ramp(1).Scenario, console, TimeProvider.System);
        var result = await view.RunAsync(
            () =>
            {
                view.Progress(Now);
                return Task.FromResult(42);
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(42, result);
        await Assert.ThrowsAsync<InvalidDataException>(() => view.RunAsync(() => Task.FromException<int>(new InvalidDataException()), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void PlainViewHasALineASecond()
    {
        var text = new StringWriter { NewLine = "\n" };
        var view = new PlainView(text);
        var run = SampleRuns.Ramp(2);
        view.Progress(Now with { Phase = LoadPhase.Connecting, Elapsed = TimeSpan.Zero, ConnectionsOpen = 1, Errors = 0 });
        view.Progress(Now with { Phase = LoadPhase.Connecting, Elapsed = TimeSpan.Zero, ConnectionsOpen = 9, Errors = 0 });
        view.Progress(Now with { Phase = LoadPhase.WarmingUp, Elapsed = TimeSpan.FromSeconds(0.5), Errors = 1 });
        view.Progress(Now with { Left = TimeSpan.FromSeconds(1.2) });
        foreach (var interval in run.Intervals)
        {
            view.SecondOver(interval, run.Total);
            view.Progress(Now with { Left = TimeSpan.Zero });
        }

        view.SecondOver(run.Intervals[1] with { At = 2, Seconds = 0.25, Latency = SampleRuns.Latency(SampleRuns.Empty()), Messages = 0 }, run.Total with { Integrity = new IntegrityFigures(1, 1, 0, 0, 0, 0) });
        var lines = text.ToString().Split('\n');
        Assert.Equal("connecting 1 connection open", lines[0]);
        Assert.Equal("warming up 256 connections open, 1 error", lines[1]);
        Assert.Equal("measuring  256 connections open, 3 errors", lines[2]);
        Assert.Matches(@"^1 s        1\d,\d{3}/s     p50 [\d.]+ (µs|ms) +p99 [\d.]+ ms +max [\d.]+ ms +256 open, 1 s left$", lines[3]);
        Assert.Matches(@"^2 s        \d\d,\d{3}/s     p50 .*256 open$", lines[4]);
        Assert.Equal("2.3 s      0/s          no message 256 open, 2 wrong", lines[5].Replace("2.2 s", "2.3 s"));
        Assert.Equal(7, lines.Length);
    }

    private static string Shown(int width, Action<IAnsiConsole> write)
    {
        var text = new StringWriter { NewLine = "\n" };
        write(Console(width, text, AnsiSupport.No));
        return string.Join('\n', text.ToString().Split('\n').Select(line => line.TrimEnd(' ')));
    }

    private static IAnsiConsole Console(int width, StringWriter text, AnsiSupport ansi)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = ansi, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        console.Profile.Height = 40;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
