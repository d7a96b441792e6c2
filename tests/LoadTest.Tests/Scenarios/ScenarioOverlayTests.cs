using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Scenarios;

public sealed class ScenarioOverlayTests
{
    private const string Staged = "stages: [{ step: 5s, rate: 10 }, { ramp: 5s, rate: 20 }]";

    [Fact]
    public void Flag_TakesItsKeysPlace()
    {
        var scenario = Read("connections: 5\nseed: 9\nthresholds: [a]", Flag("connections", "--connections", "7"), List("thresholds", "--fail-if", "b")).Scenario;
        Assert.Equal((7, 9), (scenario.Stages[0].Connections, scenario.Seed));
        Assert.Equal(["a", "b"], Read("thresholds: [a]", List("thresholds", "--fail-if", "b")).Thresholds.Select(t => t.Condition));
    }

    [Theory]
    [InlineData("rate", "--rate", "100", "depth: 8\nthink: 1s", FlowKind.Open)]
    [InlineData("rate", "--rate", "100", "churn: 8", FlowKind.Open)]
    [InlineData("churn", "--churn", "5", "rate: 8", FlowKind.Churn)]
    [InlineData("churn", "--churn", "5", "depth: 8\nkind: closed", FlowKind.Churn)]
    [InlineData("hold", "--hold", "true", "burst: { messages: 2, every: 1s }", FlowKind.Hold)]
    public void FlagThatSaysWhenToSend_TakesAwayWhatTheFileSaysOfIt(string key, string flag, string value, string file, FlowKind kind) =>
        Assert.Equal(kind, Read(file, Flag(key, flag, value)).Scenario.Flows[0].Kind);

    [Theory]
    [InlineData("duration", "--duration", "5s", Staged, "--duration: the stages of f say how long they take; change them there.")]
    [InlineData("rate", "--rate", "5", Staged, "--rate: the stages of f say it themselves (line 1); change them there.")]
    [InlineData("size", "--size", "64", "\nmix: [{ churn: 1 }, { size: 32 }]", "--size: the mix of f say it themselves (line 2); change them there.")]
    [InlineData("depth", "--depth", "5", "rate: 5", "--depth: the rate decides how many messages are in flight; take one of the two away.")]
    [InlineData("connections", "--connections", "many", "", "--connections: 'many' is no whole number from 1 to 1000000; write one.")]
    public void FlagWithoutEffectOrSense_IsAFaultOfTheFlag(string key, string flag, string value, string file, string fault) =>
        Assert.Equal([fault], ScenarioReader.Read(file, "f", Flags(Flag(key, flag, value))).Faults);

    [Fact]
    public void FlagsOfTls_StandOverTheFilesOneByOne()
    {
        var insecure = new ScenarioEntry("tls", new("--tls-insecure"), new ScenarioMap(new("--tls-insecure"), [Flag("insecure", "--tls-insecure", "true")]));
        Assert.Equal(new LoadTls("a", AcceptsAny: true), Read("tls: { name: a, insecure: false }", insecure).Scenario.Targets[0].Tls);
        Assert.Equal(new LoadTls("a"), Read("tls: { name: a }", Flag("tls", "--tls", "true")).Scenario.Targets[0].Tls);
    }

    private static ScenarioFile Read(string text, params ScenarioEntry[] flags)
    {
        var (file, faults) = ScenarioReader.Read(text, "f", Flags(flags));
        Assert.Empty(faults);
        return file!;
    }

    private static ScenarioMap Flags(params ScenarioEntry[] flags) => ScenarioReader.Nothing with { Entries = flags };

    private static ScenarioEntry Flag(string key, string name, string value) => new(key, new(name), new ScenarioScalar(new(name), value, null));

    private static ScenarioEntry List(string key, string name, string value) => new(key, new(name), new ScenarioList(new(name), [new ScenarioScalar(new(name), value, null)]));
}
