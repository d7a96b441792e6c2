using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Tests.Results;

namespace OrleansEcho.LoadTest.Tests.Commands;

public sealed class CompareCommandTests : IDisposable
{
    private const string Mine = "targets: ['length-prefixed=a:1']\nconnections: 2\nduration: 4s\n";

    private readonly CompareLine _line = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task RunsAreInPairs_EachTheOtherWayRound()
    {
        _line.Write("mine.yaml", Mine);
        var runner = new FakeRunner();
        var (code, text, error) = await _line.RunAsync(runner, "compare --repeat 4 @/mine.yaml @/mine.yaml --target-a a:10 --target-a a:11 --target-b raw=b:20 --duration 2s --warmup 500ms");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal("abbaabba", string.Concat(runner.Scenarios.Select(s => s.Targets[0].Host)));
        Assert.Equal([new("a", 10, "length-prefixed"), new("a", 11, "length-prefixed")], runner.Scenarios[0].Targets);
        Assert.Equal([new("b", 20, "raw")], runner.Scenarios[1].Targets);
        Assert.All(runner.Scenarios, s => Assert.Equal((2.0, 0.5, 2), (s.Duration.TotalSeconds, s.Warmup.TotalSeconds, s.Stages[0].Connections)));
        Assert.StartsWith(
            """
            A is mine on a:10, a:11
            B is mine on b:20
            4 pairs of runs, in turn: 20 s or a little more.
            A 1 of 4: 4 messages/s, p99 4 ms, passed
            B 1 of 4: 4 messages/s, p99 4 ms, passed
            B 2 of 4: 4 messages/s, p99 4 ms, passed
            A 2 of 4: 4 messages/s, p99 4 ms, passed
            A 3 of 4: 4 messages/s, p99 4 ms, passed
            """.ReplaceLineEndings("\n"),
            text,
            StringComparison.Ordinal);
        Assert.DoesNotContain("in turn only in part", text.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--repeat @/mine.yaml @/run")]
    [InlineData("@/mine.yaml --repeat @/run")]
    [InlineData("@/mine.yaml @/run --repeat")]
    [InlineData("--repeat --a @/mine.yaml --b @/run")]
    [InlineData("--b @/run --repeat 5 --a @/mine.yaml")]
    public async Task ContentSaysWhatAFileIs_AndANumberNeedNotBeThere(string args)
    {
        _line.Write("mine.yaml", Mine);
        var before = SampleRuns.Small();
        await RunResultFile.WriteAsync(before, _line["run"], Stop); // whatever its name
        var runner = new FakeRunner();
        Assert.Equal(0, (await _line.RunAsync(runner, $"compare {args}")).ExitCode);
        Assert.Equal(10, runner.Scenarios.Count);
        Assert.Equal(("mine", "small"), (runner.Scenarios[0].Name, runner.Scenarios[1].Name));
        Assert.Equivalent(before.Scenario, runner.Scenarios[1], strict: true);
    }

    [Fact]
    public async Task ReadyScenario_AndAScenarioInJson_CanBeRun()
    {
        _line.Write("mine.json", """{ "$schema": "x", "connections": 7, "mix": [{ "weight": 1 }] }""");
        var runner = new FakeRunner();
        Assert.Equal(0, (await _line.RunAsync(runner, "compare @/mine.json smoke --repeat 1")).ExitCode);
        Assert.Equal(("mine", 7, "smoke"), (runner.Scenarios[0].Name, runner.Scenarios[0].Stages[0].Connections, runner.Scenarios[1].Name));
    }

    [Theory]
    [InlineData("", "Name two files, or any number with --a and with --b: results that 'run --json' has written.")]
    [InlineData("x.json", "Name two files, or any number with --a and with --b: results that 'run --json' has written.")]
    [InlineData("x.json y.json --a z.json", "Name two files, or any number with --a and with --b: results that 'run --json' has written.")]
    [InlineData("x y --duration 5s --keep k", "--duration: is of runs that are to be made; add --repeat, or take it away.\n--keep: is of runs that are to be made; add --repeat, or take it away.")]
    [InlineData("x y --markdown m --html ./m", "--markdown and --html both write to m; give each a file of its own.")]
    [InlineData("open open --repeat 0", "--repeat: '0' is no whole number from 1 to 100; write one.")]
    [InlineData("open open --repeat 101", "--repeat: '101' is no whole number from 1 to 100; write one.")]
    [InlineData("open open --repeat x", "--repeat: 'x' is no whole number from 1 to 100; write one.")]
    [InlineData("open --repeat 5", "--repeat: makes the runs itself; name two files, or one with --a and one with --b: each a result, a scenario, or a ready scenario's name.")]
    [InlineData("--a open --a open --b open --repeat", "--repeat: makes the runs itself; name two files, or one with --a and one with --b: each a result, a scenario, or a ready scenario's name.")]
    [InlineData("open open --repeat --target-a x --duration 5", "--duration: '5' is no duration; write a number with us, ms, s, m or h after it, such as 500ms.\n--target-a: 'x' has no port; write HOST:PORT, such as 127.0.0.1:7000.")]
    [InlineData("open opem --repeat", "'opem' is no file, and no ready scenario; did you mean open?")]
    [InlineData("ramp-to-peak open --repeat --duration 5s", "--duration: the stages of ramp-to-peak say how long they take; change them there.")]
    [InlineData("open open --repeat --target-a a:1 --target-a a:1", "open: it cannot be run so: a:1 is there twice; change that, or give another file.")]
    [InlineData("@/wrong.yaml open --repeat", "@/wrong.yaml:1:1: conections: is no key here; did you mean connections?")]
    public async Task WrongUsage_IsToldInLines_AndNothingIsRun(string args, string error)
    {
        _line.Write("wrong.yaml", "conections: 3\n");
        var runner = new FakeRunner();
        Assert.Equal((2, "", error + "\n"), await _line.RunAsync(runner, $"compare {args}"));
        Assert.Empty(runner.Scenarios);
    }

    [Theory]
    [InlineData("""{ "schema": 7 }""", "@/x.json: has schema 7, and this load tester reads schema 1; use the load tester that wrote it.")]
    [InlineData("""{ "schema": 1, "tool": "x", "seco""", "@/x.json:1:34: is no result of a load test (")]
    public async Task ResultThatCannotBeRead_IsRefusedAsOne(string json, string error)
    {
        _line.Write("x.json", json);
        foreach (var args in new[] { "compare @/x.json @/x.json", "compare @/x.json open --repeat" })
        {
            var (code, text, told) = await _line.RunAsync(new FakeRunner(), args);
            Assert.Equal((3, ""), (code, text));
            Assert.StartsWith(error, told, StringComparison.Ordinal);
            Assert.Single(told.TrimEnd('\n').Split('\n'));
        }
    }

    [Fact]
    public async Task ResultWhoseScenarioNobodyCouldHaveWritten_IsRefused()
    {
        var run = SampleRuns.Small();
        var tls = new LoadTls(Authority: "/nowhere/ca.pem");
        var scenario = run.Scenario with { Stages = [new LoadStage(TimeSpan.Zero, 1)], Targets = [.. run.Scenario.Targets.Select(t => t with { Tls = tls })], Drain = TimeSpan.FromHours(-1), Sources = ["x"] };
        await RunResultFile.WriteAsync(run with { Scenario = scenario }, _line["x.json"], Stop);
        var (code, _, error) = await _line.RunAsync(new FakeRunner(), "compare @/x.json @/x.json --repeat");
        Assert.Equal(2, code);
        Assert.Equal(
            ["there is no file /nowhere/ca.pem", "a stage takes 00:00:00", "the drain takes -01:00:00", "'x' is no address of this machine", "1 connections are fewer than the 2 targets, or parts of the mix, so that some would get none"],
            error.TrimEnd('\n').Split('\n').Select(l => l["@/x.json: it cannot be run so: ".Length..^"; change that, or give another file.".Length]));
    }

    [Fact]
    public async Task FigureThatIsWorse_EndsWithOne()
    {
        var slow = new FakeRunner((number, result) => FakeRunner.WithP50(result, result.Scenario.Name is "open" ? 900 + number : 1800 + number));
        var (code, text, _) = await _line.RunAsync(slow, "compare --repeat 4 open closed --markdown @/m.md --html @/h.html");
        Assert.Equal(1, code);
        Assert.Matches(@"\n  p50 .* worse\n", text);
        Assert.Matches(@"\| p50 \| 905 µs \| .* \*\*worse\*\* \|\n", await File.ReadAllTextAsync(_line["m.md"], Stop));
        Assert.Contains("<h1>Load test: B beside A</h1>", await File.ReadAllTextAsync(_line["h.html"], Stop), StringComparison.Ordinal);
        Assert.Equal(0, (await _line.RunAsync(slow, "compare --repeat 4 closed open")).ExitCode);
    }

    [Fact]
    public async Task KeptRuns_CanBeComparedAgain_AndAreNeverWrittenOver()
    {
        var (code, text, _) = await _line.RunAsync(new FakeRunner((number, result) => FakeRunner.WithP50(result, 900 + number)), "compare --repeat 2 open closed --keep @/new/runs");
        Assert.Equal(0, code);
        Assert.Contains("They are too few to tell a difference from chance; that takes 4 pairs.\n", text, StringComparison.Ordinal);
        Assert.Equal(["a-01.json", "a-02.json", "b-01.json", "b-02.json"], Directory.GetFiles(_line["new/runs"]).Select(f => Path.GetFileName(f)).Order());

        // What was kept says what was said.
        var again = await _line.RunAsync(new FakeRunner(), "compare --a @/new/runs/a-01.json --a @/new/runs/a-02.json --b @/new/runs/b-01.json --b @/new/runs/b-02.json");
        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        Assert.EndsWith(again.Out, text, StringComparison.Ordinal);

        var runner = new FakeRunner();
        Assert.Equal((3, "", "--keep: @/new/runs has a a-01.json already, and results are not written over; name another folder.\n"), await _line.RunAsync(runner, "compare --repeat 9 open closed --keep @/new/runs"));
        Assert.Empty(runner.Scenarios);
    }

    [Fact]
    public async Task FileThatCannotBeWritten_IsKnownBeforeTheFirstRun()
    {
        _line.Write("file", "");
        var runner = new FakeRunner();
        var (code, text, error) = await _line.RunAsync(runner, "compare --repeat 4 open closed --keep @/file/runs --markdown @/missing/m.md --html @");
        Assert.Equal((3, ""), (code, text));
        Assert.Matches(
            @"^--keep: the folder @/file/runs cannot be made \(.+\); choose another place\.\n--markdown: @/missing/m\.md cannot be written: there is no such folder; make it, or choose another\.\n--html: @ cannot be written: it is a folder; name a file in it\.\n$",
            error);
        Assert.Empty(runner.Scenarios);
    }

    [Fact]
    public async Task KeptRunThatCouldNotBeWritten_IsToldAtOnce_AndComparedAllTheSame()
    {
        // In its place is a folder, all of a sudden.
        var runner = new FakeRunner((number, result) =>
        {
            if (number is 2) Directory.CreateDirectory(_line["k/b-01.json"]);
            return result;
        });
        var (code, text, error) = await _line.RunAsync(runner, "compare --repeat 4 open closed --keep @/k");
        Assert.Equal((3, 8), (code, runner.Scenarios.Count));
        Assert.Equal("--keep: @/k/b-01.json: cannot be written (there is a folder of that name); choose another place, or make room and give permission there.\n", error);
        Assert.Contains("\nB: 4 runs of closed,", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunThatIsNotToBeBelieved_StaysWithAWarning_AndSaysSoAtOnce()
    {
        var runner = new FakeRunner((number, result) => number is 3 ? result with { Verdict = Verdict.Invalid, Remarks = ["The load tester was busy."] } : result);
        var (code, text, _) = await _line.RunAsync(runner, "compare --repeat 4 open open");
        Assert.Equal(0, code);
        Assert.Contains("\nB 2 of 4: 4 messages/s, p99 4 ms, invalid: The load tester was busy.\n", text, StringComparison.Ordinal);
        Assert.Contains("0 of A's runs and 1 of B's are invalid.", text, StringComparison.Ordinal);
        Assert.Contains("\nB: 4 runs of open,", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "B 2 of 4: No port is left. What was made until then is in @/k.\n")]
    [InlineData(false, "B 2 of 4: No target could be reached (127.0.0.1:7000); is a gateway listening there? What was made until then is in @/k.\n")]
    public async Task NobodyThere_EndsIt_AndWhatWasMadeIsKeptAndCompared(bool throws, string error)
    {
        var nobody = SampleRuns.Nothing() with { Verdict = Verdict.Failed };
        nobody = nobody with { Total = nobody.Total with { ConnectionsOpen = 0 } };
        var runner = new FakeRunner((number, result) => number < 3 ? result : throws ? throw new CannotRunException("No port is left.") : nobody);
        var (code, text, told) = await _line.RunAsync(runner, "compare --repeat 4 open open --keep @/k --markdown @/m.md");
        Assert.Equal((3, error), (code, told));
        Assert.Contains("\nA: 1 run of open,", text, StringComparison.Ordinal);
        Assert.Equal(["a-01.json", "b-01.json"], Directory.GetFiles(_line["k"]).Select(f => Path.GetFileName(f)).Order());
        Assert.True(File.Exists(_line["m.md"]));
    }

    [Theory]
    [InlineData(1, 0, "It was interrupted before there was a whole run of both: there is nothing to compare. What was made until then is in @/k.\n")]
    [InlineData(2, 1, "It was interrupted before there was a whole run of both: there is nothing to compare. What was made until then is in @/k.\n")]
    [InlineData(6, 5, "")]
    public async Task InterruptedRun_IsNotCounted_AndTheOthersAreCompared(int at, int kept, string error)
    {
        using var interrupt = new CancellationTokenSource();
        var runner = new FakeRunner((number, result) =>
        {
            if (number == at) interrupt.Cancel();
            return result;
        });
        var (code, text, told) = await _line.RunUntilAsync(runner, "compare --repeat open closed --keep @/k --html @/h.html", interrupt.Token);
        Assert.Equal((130, error), (code, told));
        Assert.Equal(at, runner.Scenarios.Count);
        Assert.Contains(" of 5: interrupted, and not counted.\n", text, StringComparison.Ordinal);
        Assert.Equal(kept, Directory.GetFiles(_line["k"]).Length);
        Assert.Equal(error.Length is 0, File.Exists(_line["h.html"]));
        if (error.Length is 0) Assert.Contains("\nA: 3 runs of open,", text, StringComparison.Ordinal);
        Assert.DoesNotContain("in turn only", text.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }
}
