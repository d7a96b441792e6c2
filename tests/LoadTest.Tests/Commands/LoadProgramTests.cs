using OrleansEcho.LoadTest.Commands;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Commands;

public sealed class LoadProgramTests
{
    private readonly CommandLine _line = new(new FakeParts());

    [Theory]
    [InlineData("", "No command was given; there are run, search, scenarios, and --help.")]
    [InlineData("runn --rate 5", "'runn' is no command; did you mean run?")]
    [InlineData("run --raet 5", "'--raet' is no option of run; did you mean --rate?")]
    [InlineData("run 5 --raet=5 6",
        "'5' is no option of run; see run --help.\n'--raet=5' is no option of run; did you mean --rate?\n'6' is no option of run; see "
        + "run --help.")]
    [InlineData("search --duration 5s", "'--duration' is no option of search; here it is --step.")]
    [InlineData("scenarios --opne", "'--opne' is no option of scenarios; see scenarios --help.")]
    [InlineData("run --rate", "--rate has no value; write --rate N.")]
    [InlineData("run --json --quiet", "--json has no value; write --json FILE.")]
    [InlineData("run --rate 5 --rate 6", "--rate stands 2 times; it takes one value, keep one of them.")]
    [InlineData("run --rate 5x --size 3 --target a",
        "--target: 'a' has no port; write HOST:PORT, such as 127.0.0.1:7000.\n--size: '3' has a size outside 22 to 1048576 bytes; choose "
        + "another.\n--rate: '5x' is no number from 0 to 10000000; write one.")]
    [InlineData("run --rate 5 --depth 2", "--depth: the rate decides how many messages are in flight; take one of the two away.")]
    [InlineData("run --burst 5", "--burst: needs --every, how often, such as --every 1s.")]
    [InlineData("run --tls-cert nowhere.pem",
        "--tls-cert: a certificate and its key go together; add key.\n--tls-cert: there is no file nowhere.pem; correct the path.")]
    [InlineData("run --scenario opem", "--scenario: 'opem' is no file, and no ready scenario; did you mean open?")]
    [InlineData("run --fail-if ? --fail-if fine", "--fail-if: '?' is no condition; write one such as 'p99 > 50ms'.")]
    [InlineData("run --rate x --fail-if ?",
        "--rate: 'x' is no number from 0 to 10000000; write one.\n--fail-if: '?' is no condition; write one such as 'p99 > 50ms'.")]
    [InlineData("run --scenario opne", "--scenario: 'opne' is no file, and no ready scenario; did you mean open?")]
    [InlineData("run --json x --html ./x", "--json and --html both write to x; give each a file of its own.")]
    [InlineData("scenarios opem", "There is no ready scenario 'opem'; did you mean open?")]
    public async Task WrongUsage_IsToldInLines_AndEndsWithTwo(string args, string error) =>
        Assert.Equal((2, "", error + "\n"), await _line.RunAsync(args));

    [Fact]
    public async Task WhatAFaultQuotesSteersNoTerminal_AndIsNoLineOfItsOwn()
    {
        var (code, _, error) =
            await _line.RunAsync(["run", "--target", "a\u001b[2J\r\nPASSED\u202e"], TestContext.Current.CancellationToken);
        Assert.Equal(
            (2, "--target: 'a\\u001b[2J\\r\\nPASSED\\u202e' has no port; write HOST:PORT, such as 127.0.0.1:7000.\n"), (code, error));
    }

    [Fact]
    public async Task HelpListsOptionsInGroups_WithUnitsAndDefaults()
    {
        var (code, text, error) = await _line.RunAsync("run --help");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(
            ["Scenario", "Where to", "What to send", "When to send it", "How long", "What must not be", "Several load testers", "Results",
                "What is shown", "Examples"],
            text.Split('\n').Where(l => l.EndsWith(':') && !l.StartsWith(' ')).Select(l => l[..^1]));
        Assert.All(text.Split('\n'), l => Assert.InRange(l.Length, 0, 110));
        Assert.Contains(
            """

            How long:
              --duration DURATION         How long it counts: 500ms, 30s, 5m, 1h (10s).
              --warmup DURATION           How long to load before that (1s).
            """.ReplaceLineEndings("\n"),
            text,
            StringComparison.Ordinal);
        Assert.Contains("\n  --hold [EVERY]  ", text, StringComparison.Ordinal);
        Assert.Contains("\nExit codes: 0 passed; 1 a threshold", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryOptionAndEveryKey_IsInTheDocumentation()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "load-testing.md"), TestContext.Current.CancellationToken);
        LoadCommand[] commands =
        [
            new RunCommand(new FakeParts(), (_, _) => new FakeParts(), new FakeParts(), new FakeParts()),
            new SearchCommand(new FakeParts(), new FakeParts(), TimeProvider.System),
            new CompareCommand(new FakeParts()),
        ];
        var options = commands.SelectMany(c => c.Options).Select(o => $"`{o.Name}");
        Assert.All(
            options.Concat(ScenarioKeys.Root.Names.Select(n => $"`{n}`")), name => Assert.Contains(name, page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task HelpAndVersionOfTheWhole_AreTold()
    {
        Assert.Contains(
            "\n  scenarios                   Lists the ready scenarios.\n", (await _line.RunAsync("--help")).Out, StringComparison.Ordinal);
        Assert.Matches(@"^OrleansEcho\.LoadTest \d+\.\d+\.\d+\n$", (await _line.RunAsync("--version")).Out);
    }

    [Fact]
    public async Task ReadyScenarios_AreListedAndPrinted()
    {
        var (code, text, _) = await _line.RunAsync("scenarios");
        Assert.Equal(0, code);
        Assert.Contains("\nopen          a given rate, whatever the echoes do;", text, StringComparison.Ordinal);
        Assert.Equal(6, text.TrimEnd().Split('\n').Length);
        Assert.Contains("\nrate: 5000 ", (await _line.RunAsync("scenarios open")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run --name -- --json x --no-live", "--name has no value; write --name TEXT.\n")]
    [InlineData("run -- --no-live", "'--no-live' stands after '--', where no options are; take the '--' away.\n")]
    public async Task TwoDashes_EndOptions_ButAreNoValue(string args, string error) =>
        Assert.Equal((2, "", error), await new CommandLine(new FakeParts()).RunAsync(args));
}
