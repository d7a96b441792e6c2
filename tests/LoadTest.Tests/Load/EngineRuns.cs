using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>Short runs of the engine.</summary>
internal static class EngineRuns
{
    /// <summary>The size of messages on the wire, in bytes.</summary>
    public const int Size = 40;

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A closed loop, four deep.</summary>
    public static LoadFlow Flow => new() { Kind = FlowKind.Closed, Depth = 4, Sizes = SizeDistribution.Fixed(Size) };

    /// <summary>Eight connections of that, for a second.</summary>
    public static LoadScenario Scenario(LyingServer server, string framing) => Scenario(server.Port, framing);

    public static LoadScenario Scenario(int port, string framing) => new()
    {
        Name = "test",
        Targets = [new LoadTarget("127.0.0.1", port, framing)],
        Stages = [new LoadStage(TimeSpan.FromSeconds(1), 8)],
        Flows = [Flow],
        Warmup = TimeSpan.FromMilliseconds(100),
    };

    public static Task<RunResult> RunAsync(LoadScenario scenario, Watcher? watcher = null) =>
        new LoadEngine(TimeProvider.System).RunAsync(scenario, watcher ?? new Watcher(), Stop).WithinAsync("the run's end");
}
