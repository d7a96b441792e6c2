using OrleansEcho.LoadTest.Commands;
using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Commands;

public sealed class RunCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-load-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task TargetAlone_IsASensibleRun()
    {
        var parts = new FakeParts();
        Assert.Equal((0, "", ""), await new CommandLine(parts).RunAsync("run --target 127.0.0.1:7000"));
        var scenario = parts.Scenario!;
        Assert.Equal([new LoadTarget("127.0.0.1", 7000, "line")], scenario.Targets);
        Assert.Equal([new LoadStage(TimeSpan.FromSeconds(10), 64)], scenario.Stages);
        Assert.Equal(("run", FlowKind.Closed, 1, "32", true),
            (scenario.Name, scenario.Flows[0].Kind, scenario.Flows[0].Depth, scenario.Flows[0].Sizes.ToString(), scenario.Reconnects));
        Assert.Equal((RunViewKind.Live, true), (parts.Kind, parts.IsClosed));
        Assert.NotNull(parts.Shown);
    }

    [Fact]
    public async Task EveryOption_IsOfTheScenario()
    {
        var parts = new FakeParts();
        var pem = Path.Combine(_folder.FullName, "x.pem");
        await File.WriteAllTextAsync(pem, "", TestContext.Current.CancellationToken);
        Assert.Equal((0, "", ""), await new CommandLine(parts).RunAsync(
            $"run --name n --target a:1 --target length-prefixed=[::1]:2 --framing raw --tls --tls-ca {pem} --tls-cert {pem} --tls-key "
            + $"{pem} --tls-name echo --source 127.0.0.2 --source 127.0.0.3 "
            + "--connections 9 --size 26-64 --seed 5 --rate 20000.5 --duration 5s --warmup 0s --drain 1s --timeout 2s --no-reconnect "
            + "--connect-window 3 --fail-if a --fail-if b --no-live"));
        var (scenario, tls) = (parts.Scenario!, new LoadTls("echo", pem, pem, pem));
        Assert.Equal([new("a", 1, "raw", tls), new("::1", 2, "length-prefixed", tls)], scenario.Targets);
        Assert.Equal([new LoadStage(TimeSpan.FromSeconds(5), 9, 20000.5)], scenario.Stages);
        Assert.Equal(["127.0.0.2", "127.0.0.3"], scenario.Sources);
        Assert.Equal(("n", "26-64", FlowKind.Open, 5, false, 3), (scenario.Name, scenario.Flows[0].Sizes.ToString(), scenario.Flows[0].Kind,
            scenario.Seed, scenario.Reconnects, scenario.ConnectWindow));
        Assert.Equal((0, 1, 2), (scenario.Warmup.TotalSeconds, scenario.Drain.TotalSeconds, scenario.Timeout.TotalSeconds));
        Assert.Equal(["a", "b"], parts.Conditions);
        Assert.Equal(RunViewKind.Lines, parts.Kind);
    }

    [Theory]
    [InlineData("--depth 4 --think 5ms", FlowKind.Closed, 4, 5, 0, 0, 0)]
    [InlineData("--churn 10 --depth 2", FlowKind.Churn, 2, 0, 10, 0, 0)]
    [InlineData("--burst 20 --every 250ms", FlowKind.Burst, 20, 0, 0, 250, 0)]
    [InlineData("--hold", FlowKind.Hold, 1, 0, 0, 0, 0)]
    [InlineData("--hold 30s --quiet", FlowKind.Hold, 1, 0, 0, 0, 30_000)]
    [InlineData("--hold=30s", FlowKind.Hold, 1, 0, 0, 0, 30_000)]
    public async Task OptionsOfWhenToSend_MakeTheFlow(string args, FlowKind kind, int depth, int think, int churn, int every, int trickle)
    {
        var parts = new FakeParts();
        Assert.Equal((0, "", ""), await new CommandLine(parts).RunAsync("run " + args));
        var flow = Assert.Single(parts.Scenario!.Flows);
        Assert.Equal((kind, depth, churn), (flow.Kind, flow.Depth, flow.EchoesPerConnection));
        Assert.Equal((think, every, trickle), ((int)flow.ThinkTime.TotalMilliseconds, (int)flow.BurstInterval.TotalMilliseconds,
            (int)flow.TrickleInterval.TotalMilliseconds));
    }

    [Fact]
    public async Task ReadyScenario_IsFoundByName_AndOptionsStandOverIt()
    {
        var parts = new FakeParts();
        Assert.Equal(0, (await new CommandLine(parts).RunAsync("run --scenario open --rate 7 --target b:1 --fail-if x")).ExitCode);
        Assert.Equal(("open", 7.0, 256, "b:1"),
            (parts.Scenario!.Name, parts.Scenario.Stages[0].Rate, parts.Scenario.Stages[0].Connections, parts.Scenario.Targets[0].Name));
        Assert.Equal(["p99 > 50ms", "errors > 0", "x"], parts.Conditions);
    }

    [Fact]
    public async Task FileOfOnesOwn_IsReadWithItsPlaces()
    {
        var path = await FileAsync("own.yaml", "connections: 3\nthresholds:\n  - '?'\n");
        Assert.Equal((2, "", $"{path}:3:5: thresholds: '?' is no condition; write one such as 'p99 > 50ms'.\n"),
            await new CommandLine(new FakeParts()).RunAsync($"run --scenario {path}"));
    }

    [Theory]
    [InlineData(Verdict.Passed, 0)]
    [InlineData(Verdict.Failed, 1)]
    [InlineData(Verdict.Invalid, 4)]
    [InlineData(Verdict.Interrupted, 130)]
    public async Task VerdictIsTheExitCode(Verdict verdict, int code) =>
        Assert.Equal(code, (await new CommandLine(new FakeParts { Verdict = verdict }).RunAsync("run")).ExitCode);

    [Fact]
    public async Task CrossedThreshold_FailsTheRun_AndEndsItWhenThatIsWanted()
    {
        Assert.Equal(1, (await new CommandLine(new FakeParts { Crossed = "x" }).RunAsync("run --fail-if x")).ExitCode);
        var endless = new FakeParts { Crossed = "x", IsEndless = true };
        Assert.Equal(1, (await new CommandLine(endless).RunAsync("run --fail-if y --fail-if x --abort-on-fail")).ExitCode);
        Assert.Equal(["It was ended early, because of x."], endless.Shown!.Remarks);
    }

    [Theory]
    [InlineData("", false, false, false)]
    [InlineData("--allow-errors", true, true, true)]
    [InlineData("--fail-if errors>5", true, true, false)]
    [InlineData("--fail-if error_rate>1%", true, true, false)]
    [InlineData("--fail-if errors.quota>5", false, false, false)]
    [InlineData("--fail-if unanswered>5 --fail-if skipped>5", false, true, true)]
    public async Task WhatMayFail_TheScenarioSays(string args, bool errors, bool unanswered, bool unsent)
    {
        var parts = new FakeParts();
        Assert.Equal((0, "", ""), await new CommandLine(parts).RunAsync("run " + args));
        Assert.Equal(
            (errors, unanswered, unsent), (parts.Scenario!.AllowsErrors, parts.Scenario.AllowsUnanswered, parts.Scenario.AllowsUnsent));
    }

    [Fact]
    public async Task InterruptedRun_KeepsItsResults()
    {
        using var interrupt = new CancellationTokenSource();
        var parts = new FakeParts { IsEndless = true };
        var line = new CommandLine(parts);
        var path = Path.Combine(_folder.FullName, "out.json");
        var run = line.RunAsync(["run", "--json", path], interrupt.Token);
        await parts.Running.Task.WithinAsync("the run to begin");
        await interrupt.CancelAsync();
        Assert.Equal((130, $"Written: {path}.\n", ""), await run);
        Assert.Equal("json", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ResultThatCannotBeWritten_IsKnownBeforeTheRun()
    {
        var parts = new FakeParts();
        var line = new CommandLine(parts);
        var missing = Path.Combine(_folder.FullName, "missing", "out.json");
        Assert.Equal(
            (3, "", $"--json: {missing} cannot be written: there is no such folder; make it, or choose another.\n--html: "
                + $"{_folder.FullName} cannot be written: it is a folder; name a file in it.\n"),
            await line.RunAsync($"run --json {missing} --html {_folder.FullName}"));
        Assert.Null(parts.Scenario);

        // To look does no harm: what is there stays when the run cannot be, and nothing comes that was not.
        var path = await FileAsync("kept.json", "before");
        var fails = new CommandLine(new FakeParts { Exception = new CannotRunException("No port is left.") });
        Assert.Equal((3, "", "No port is left.\n"), await fails.RunAsync($"run --json {path} --html {_folder.FullName}/new.html"));
        Assert.Equal("before", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal(["kept.json"], _folder.EnumerateFiles().Select(f => f.Name));
    }

    [Fact]
    public async Task ResultThatCouldNotBeWritten_IsTold_AndTheOthersAreWritten()
    {
        var line = new CommandLine(new FakeParts()) { JsonFault = "The disk is full." };
        var (json, html) = (Path.Combine(_folder.FullName, "a"), Path.Combine(_folder.FullName, "b"));
        Assert.Equal((3, $"Written: {html}.\n", "--json: The disk is full.\n"), await line.RunAsync($"run --json {json} --html {html}"));
        Assert.Equal("html", await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task NobodyThere_IsNoResult()
    {
        var nobody = new FakeParts { Messages = 0, Errors = new() { [ErrorClass.Connect] = 5 } };
        Assert.Equal((3, "", "No target could be reached (127.0.0.1:7000); is a gateway listening there?\n"),
            await new CommandLine(nobody).RunAsync("run"));
        var refused = new FakeParts { Messages = 0, Errors = new() { [ErrorClass.Connect] = 5, [ErrorClass.Quota] = 1 } };
        Assert.Equal(0, (await new CommandLine(refused).RunAsync("run")).ExitCode);
    }

    private async Task<string> FileAsync(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(path, text);
        return path;
    }
}
