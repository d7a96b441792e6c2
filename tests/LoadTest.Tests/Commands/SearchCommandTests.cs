using System.Text.Json;
using System.Xml.Linq;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Searching;

namespace OrleansEcho.LoadTest.Tests.Commands;

public sealed class SearchCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-search-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task FindsTheRate_AndSaysALineOfEachRun()
    {
        var runs = new List<LoadScenario>();
        var parts = Gateway(limit: 3000, seen: runs.Add);
        var (code, text, error) = await new CommandLine(parts).RunAsync(["search", "--slo", "p99 < 20ms", "--slo", "errors <= 0", "--precision", "30%", "--confirm", "2", "--step", "2s", "--connections", "10", "--warmup", "0s"], Stop);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(
            """
            1,000/s           p99 5ms           errors 0            holds
            2,000/s           p99 5ms           errors 0            holds
            4,000/s           p99 50ms          errors 0            does not hold: p99 is 50ms; 50 % of what was due came back: the backlog grows
            4,000/s           p99 50ms          errors 0            does not hold: p99 is 50ms; 50 % of what was due came back: the backlog grows (up, again)
            2,800/s           p99 5ms           errors 0            holds
            3,300/s           p99 50ms          errors 0            does not hold: p99 is 50ms; 50 % of what was due came back: the backlog grows
            3,300/s           p99 50ms          errors 0            does not hold: p99 is 50ms; 50 % of what was due came back: the backlog grows (between, again)
            2,800/s           p99 5ms           errors 0            holds (confirmation 1)
            2,800/s           p99 5ms           errors 0            holds (confirmation 2)
            The highest rate that holds p99 < 20ms and errors <= 0 is 2,800/s; it held in 2 further runs. It ends at 3,300/s: p99 is 50ms.

            """.ReplaceLineEndings("\n"),
            text);
        Assert.All(runs, r => Assert.Equal((TimeSpan.FromSeconds(2), 10, FlowKind.Open, TimeSpan.Zero), (r.Duration, r.Stages[0].Connections, r.Flows[0].Kind, r.Warmup)));
    }

    [Fact]
    public async Task FindsConnections_InAClosedLoop_OrAtARate()
    {
        var runs = new List<LoadScenario>();
        var line = new CommandLine(Gateway(limit: 40, seen: runs.Add, of: s => s.Stages[0].Connections));
        Assert.Contains("is 40 connections; it held in 3 further runs. It ends at 41 connections: ", (await line.RunAsync(["search", "--of", "connections", "--slo", "p99 < 20ms", "--depth", "4", "--precision", "0.01", "--quiet"], Stop)).Out, StringComparison.Ordinal);
        Assert.All(runs, r => Assert.Equal((FlowKind.Closed, 4, null), (r.Flows[0].Kind, r.Flows[0].Depth, r.Stages[0].Rate)));
        runs.Clear();
        Assert.Equal(0, (await line.RunAsync(["search", "--of", "connections", "--slo", "p99 < 20ms", "--rate", "500", "--to", "32"], Stop)).ExitCode);
        Assert.All(runs, r => Assert.Equal((FlowKind.Open, 500.0), (r.Flows[0].Kind, r.Stages[0].Rate)));
        Assert.Equal([8, 16, 32, 32, 32, 32], runs.Select(r => r.Stages[0].Connections));
    }

    [Theory]
    [InlineData(500, 1_000_000, 1_000_000, 0, "is 500/s; it held in 3 further runs. It ends at 501/s: ")]
    [InlineData(10, 1_000_000, 1_000_000, 1, "Nothing holds p99 < 20ms, down to 15/s: p99 is 50ms.")]
    [InlineData(1_000_000, 1_000_000, 4000, 0, "is at least 4,000/s, the most that was to be tried; it held in 3 further runs.")]
    [InlineData(1_000_000, 3000, 1_000_000, 4, "is at least 2,999/s; it held in 3 further runs. The load tester itself ends at 3,001/s: It was late.")]
    [InlineData(1_000_000, 10, 1_000_000, 4, "What holds p99 < 20ms is not known. The load tester itself ends at 15/s: It was late.")]
    [InlineData(2000, 3000, 1_000_000, 0, "is 2,000/s; it held in 3 further runs. It ends at 2,001/s: ")]
    public async Task WhatCameOfItIsTheExitCode(long limit, long end, long to, int code, string answer)
    {
        var (found, text, error) = await new CommandLine(Gateway(limit, end)).RunAsync(["search", "--slo", "p99 < 20ms", "--to", $"{to}", "--precision", "0.1%", "--quiet"], Stop);
        Assert.Equal((code, ""), (found, error));
        Assert.Contains(answer.TrimEnd('.'), text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lost", "1 messages did not come back as they were sent")]
    [InlineData("late", "98.5 % of what was due came back: the backlog grows")]
    [InlineData("skipped", "98 % of what was due came back: the backlog grows")]
    [InlineData("refused", "3 connections failed (3 refused or closed with a reason)")]
    [InlineData("closed", "63 of 64 connections were open at the end")]
    [InlineData("threshold", "max is 2s")]
    public async Task WhatIsWrong_BreaksAnyObjective(string what, string why)
    {
        var scenario = Path.Combine(_folder.FullName, "s.yaml");
        await File.WriteAllTextAsync(scenario, "thresholds: ['max > 1s']\n", Stop);
        var parts = Gateway(limit: 1_000_000, change: run => run.Scenario.Stages[0].Rate <= 1000 ? run : what switch
        {
            "lost" => run with { Verdict = Verdict.Failed, Remarks = ["1 messages did not come back as they were sent."] },
            "late" => run with { Total = run.Total with { Messages = run.Generator.SendLag.Count * 985 / 1000 } },
            "skipped" => run with { Generator = run.Generator with { Skipped = run.Total.Messages / 49 } },
            "refused" => run with { Total = run.Total with { Errors = new Dictionary<ErrorClass, long> { [ErrorClass.Refused] = 3 } } },
            "closed" => run with { Total = run.Total with { ConnectionsOpen = 63 } },
            _ => run with { Total = run.Total with { Latency = run.Total.Latency with { Max = 2_000_000 } } },
        });
        var (code, text, error) = await new CommandLine(parts).RunAsync(["search", "--scenario", scenario, "--slo", "connections >= 1", "--precision", "100%", "--confirm", "1"], Stop);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(["1,000/s", "2,000/s", "2,000/s", "1,000/s", "The"], text.TrimEnd().Split('\n').Select(l => l.Split(' ')[0]));
        Assert.Contains($"It ends at 2,000/s: {why}.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "holds", "is at least 2,000/s")]
    [InlineData("invalid", "holds", "is at least 2,000/s")]
    [InlineData("slow", "does not hold: p99 is 30ms", "It ends at 2,000/s: p99 is 30ms.")]
    [InlineData("slow invalid", "invalid: It was late", "The load tester itself ends at 2,000/s: It was late.")]
    [InlineData("slow lag", "invalid: Messages were sent late: p99 of the send lag is 10ms", "The load tester itself ends at 2,000/s: Messages were sent late: p99 of the send lag is 10ms.")]
    [InlineData("slow rarelag", "does not hold: p99 is 30ms", "It ends at 2,000/s: p99 is 30ms.")]
    public async Task LateLoadTester_IsAReasonNotToHold_ButNoneNotToBelieveWhatHolds(string what, string outcome, string answer)
    {
        var parts = Gateway(limit: 1_000_000, change: run =>
        {
            if (run.Scenario.Stages[0].Rate <= 1000) return run;
            if (what.Contains("slow", StringComparison.Ordinal)) run = run with { Total = run.Total with { Latency = run.Total.Latency with { P99 = 30_000 } } };
            if (what.Contains("invalid", StringComparison.Ordinal)) run = run with { Verdict = Verdict.Invalid, Remarks = ["It was late."] };
            return what switch
            {
                "slow lag" => run with { Generator = run.Generator with { SendLag = run.Generator.SendLag with { P99 = 10_000 } } },
                "slow rarelag" => run with { Generator = run.Generator with { SendLag = run.Generator.SendLag with { P999 = 25_000 } } },
                _ => run,
            };
        });
        var (_, text, error) = await new CommandLine(parts).RunAsync(["search", "--slo", "p99 < 20ms", "--to", "2000", "--precision", "100%", "--confirm", "1"], Stop);
        Assert.Equal("", error);
        Assert.EndsWith(outcome, text.Split('\n')[1], StringComparison.Ordinal);
        Assert.Contains(answer, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0s", "holds")]
    [InlineData("1s", "does not hold: 75 % of what was due came back: the backlog grows")]
    public async Task EchoesThatTakeLong_AreNoBacklogWhereNoneCouldBeBackYet(string warmup, string outcome)
    {
        var parts = Gateway(limit: 1_000_000, change: run => run with
        {
            Total = run.Total with { Messages = 1500, MessagesPerSecond = 750, Latency = run.Total.Latency with { P99 = 500_000 } },
        });
        var (_, text, error) = await new CommandLine(parts).RunAsync(["search", "--slo", "p99 < 1s", "--step", "2s", "--warmup", warmup, "--to", "1000"], Stop);
        Assert.Equal("", error);
        Assert.EndsWith(outcome, text.Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResultsAreWritten_AlsoOfASearchThatWasStopped()
    {
        var (json, html, markdown, confirmed) = (PathOf("s.json"), PathOf("s.html"), PathOf("s.md"), PathOf("run.json"));
        string[] args = ["search", "--slo", "p99 < 20ms", "--json", json, "--html", html, "--markdown", markdown, "--confirmed", confirmed];
        Assert.Equal(0, (await new CommandLine(Gateway(limit: 2100)).RunAsync(args, Stop)).ExitCode);
        var result = await ReadAsync(json);
        Assert.Equal((SearchVerdict.Found, 2090, 2180, 1), (result.Verdict, result.Value, result.Ceiling, result.Schema));
        Assert.Equal([1000, 2000, 4000, 4000, 2830, 2830, 2380, 2380, 2180, 2180, 2090, 2090, 2090, 2090], result.Probes.Select(p => p.Value));
        Assert.Equal(new ObjectiveFigure("p99 < 20ms", "p99", 50_000, "50ms", false), Assert.Single(result.Probes[2].Figures));
        Assert.Equal((ProbeOutcome.Broke, SearchPhase.Rising, 0.5), (result.Probes[2].Outcome, result.Probes[2].Phase, result.Probes[2].ShareOfDue));
        Assert.Contains(XDocument.Load(html).Descendants("p"), p => p.Value == result.Summary);
        Assert.Contains("\n| 2,090 | confirmation 3 | ", await File.ReadAllTextAsync(markdown, Stop), StringComparison.Ordinal);
        var run = await RunResultFile.ReadAsync(confirmed, Stop);
        Assert.Equal(2090, run.Scenario.Stages[0].Rate);

        File.Delete(confirmed);
        using var interrupt = new CancellationTokenSource();
        var stopped = Gateway(limit: 2100, seen: s =>
        {
            if (s.Stages[0].Rate is 4000) interrupt.Cancel();
        });
        var (code, text, error) = await new CommandLine(stopped).RunAsync(args, interrupt.Token);
        Assert.Equal((130, ""), (code, error));
        Assert.EndsWith("The search was stopped: 2,000/s held p99 < 20ms, which is not confirmed.\n", text, StringComparison.Ordinal);
        Assert.Equal([1000, 2000], (await ReadAsync(json)).Probes.Select(p => p.Value));
        Assert.False(File.Exists(confirmed));
    }

    [Fact]
    public async Task GatewayThatIsNotThere_OrNoLonger_IsNoAnswer()
    {
        var json = PathOf("s.json");
        Assert.Equal((3, "", "No port is left.\n"), await new CommandLine(new FakeParts { Exception = new CannotRunException("No port is left.") }).RunAsync(["search", "--slo", "errors <= 0", "--json", json], Stop));
        Assert.False(File.Exists(json));

        var dies = Gateway(limit: 5000, seen: s =>
        {
            if (s.Stages[0].Rate > 2000) throw new CannotRunException("Nobody listens any more.");
        });
        var (code, text, error) = await new CommandLine(dies).RunAsync(["search", "--slo", "errors <= 0", "--json", json], Stop);
        Assert.Equal((3, "Nobody listens any more.\n"), (code, error));
        Assert.Contains("The search was stopped: 2,000/s held", text, StringComparison.Ordinal);
        Assert.Equal((SearchVerdict.Interrupted, 2), ((await ReadAsync(json)).Verdict, (await ReadAsync(json)).Probes.Count));
    }

    [Theory]
    [InlineData("", "--slo: there is nothing that has to hold; add one, such as --slo 'p99 < 20ms'.")]
    [InlineData("--slo p99<20 --of speed --from 0 --precision 0 --confirm 0 --size 3", "--of: there is no 'speed'; there are rate, connections.\n--from: '0' is no whole number from 1 to 10000000; write one.\n--precision: '0' is no share from 0.1% to 100%; write one, such as 5% or 0.05.\n--confirm: '0' is no whole number from 1 to 1000; write one.\n--slo: p99<20\n             ^ a time needs its unit, such as 50ms; there are ns, us, µs, ms, s, min.\n--size: '3' has a size outside 22 to 1048576 bytes; choose another.")]
    [InlineData("--slo errors<=0 --to 5", "--to: 5 is less than 1000, where the search begins; write more, or begin lower with --from.")]
    [InlineData("--slo errors<=0 --rate 5", "--rate: --of rate says it already; take one of the two away.")]
    [InlineData("--slo errors<=0 --of connections --connections 5", "--connections: --of connections says it already; take one of the two away.")]
    [InlineData("--slo errors<=0 --churn 5", "--of rate: nothing goes by it beside churn; take one of the two away, or make them parts of a mix.")]
    [InlineData("--slo errors<=0 --json x --confirmed ./x", "--json and --confirmed both write to x; give each a file of its own.")]
    public async Task WrongUsage_IsToldInLines(string args, string error)
    {
        var parts = new FakeParts();
        Assert.Equal((2, "", error + "\n"), await new CommandLine(parts).RunAsync("search " + args));
        Assert.Null(parts.Scenario);
    }

    [Fact]
    public async Task Stages_AreNoScenarioOfASearch()
    {
        var path = PathOf("staged.yaml");
        await File.WriteAllTextAsync(path, "stages: [{ step: 5s }, { step: 5s, size: 64 }]\n", Stop);
        var (code, _, error) = await new CommandLine(new FakeParts()).RunAsync(["search", "--slo", "errors <= 0", "--scenario", path], Stop);
        Assert.Equal((2, "--step: the 2 stages of staged say how long they take, and each run of a search holds one value; take the stages away.\n"), (code, error));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static async Task<SearchResult> ReadAsync(string path) =>
        JsonSerializer.Deserialize(await File.ReadAllTextAsync(path, Stop), SearchResultJson.Default.SearchResult)!;

    // Echoes all in 5 ms up to a limit, and half of it in 50 ms above; beyond its end the load tester is late.
    private static FakeParts Gateway(long limit, long end = long.MaxValue, Action<LoadScenario>? seen = null, Func<LoadScenario, double>? of = null, Func<RunResult, RunResult>? change = null) => new()
    {
        Load = (scenario, result) =>
        {
            seen?.Invoke(scenario);
            var value = of is null ? scenario.Stages[0].Rate!.Value : of(scenario);
            var (holds, due) = (value <= limit && value <= end, scenario.Stages[0].Rate is { } rate ? (long)(rate * scenario.Duration.TotalSeconds) : 0);
            var latency = result.Total.Latency with { Count = 1000, P50 = 1000, P99 = holds ? 5000 : 50_000, P999 = 60_000, Max = 70_000 };
            var messages = holds || due is 0 ? Math.Max(1, due) : due / 2;
            result = result with
            {
                Seconds = scenario.Duration.TotalSeconds,
                Generator = result.Generator with { SendLag = result.Generator.SendLag with { Count = due } },
                Targets = [.. scenario.Targets.Select(t => new TargetFigures(t.Name, result.Total))],
                Total = result.Total with { Latency = latency, Messages = messages, MessagesPerSecond = messages / scenario.Duration.TotalSeconds, ConnectionsOpen = scenario.Stages[0].Connections },
            };
            result = value > end ? result with { Verdict = Verdict.Invalid, Remarks = ["It was late."] } : result;
            return change is null ? result : change(result);
        },
    };
}
