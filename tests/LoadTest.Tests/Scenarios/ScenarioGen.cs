using CsCheck;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Scenarios;

/// <summary>Scenarios with everything that one can have, each value anywhere within what it may be.</summary>
internal static class ScenarioGen
{
    private static readonly Gen<TimeSpan> Time = Gen.Long[1, TimeSpan.TicksPerDay].Select(ticks => new TimeSpan(ticks));

    private static readonly Gen<string> Name = Gen.OneOf("a", "€ 🙂", "\"quoted\" \\ back", "line\nline", "<tag>&amp;", "\u0001", "");

    private static readonly Gen<SizeDistribution> Sizes =
        Gen.Select(Gen.Int[26, 1000], Gen.Int[0, 1000], Gen.Double[0.001, 1000]).Select((from, more, weight) => new SizeRange(from, from + more, weight)).Array[1, 3].Select(parts => new SizeDistribution(parts));

    private static readonly Gen<LoadTls?> Tls = Gen.OneOf(
        Gen.Const((LoadTls?)null),
        Gen.Select(Name, Gen.Bool, Gen.Bool).Select((name, isShort, any) => (LoadTls?)(isShort ? new LoadTls() : new LoadTls(name, "/a b/ca.pem", "/é/cert.pem", "/key.pem", any))));

    private static readonly Gen<LoadTarget> Target =
        Gen.Select(Gen.OneOf("127.0.0.1", "::1", "gateway-1.example"), Gen.Int[1, 65_535], Gen.OneOf("line", "length-prefixed", "raw"), Tls).Select((host, port, framing, tls) => new LoadTarget(host, port, framing, tls));

    private static readonly Gen<LoadStage> Stage = Gen.Select(Time, Gen.Int[1, 1_000_000], Gen.Double[0, LoadSchedule.MaxRate], Gen.Bool, Gen.Int[0, 3], Sizes)
        .Select((time, connections, rate, isStep, which, sizes) => new LoadStage(time, connections, which is 0 or 1 ? rate : null, isStep, which is 0 or 2 ? sizes : null));

    private static readonly Gen<LoadFlow> Flow = Gen.Select(Gen.Enum<FlowKind>(), Gen.Double[0.001, 1_000_000], Gen.Int[1, 65_536], Sizes, Time.Array[3], Gen.Int[1, int.MaxValue - 1]).Select((kind, weight, depth, sizes, times, echoes) => new LoadFlow
    {
        Kind = kind,
        Weight = weight,
        Depth = depth,
        Sizes = sizes,
        ThinkTime = times[0],
        BurstInterval = times[1],
        TrickleInterval = times[2],
        EchoesPerConnection = echoes,
    });

    /// <summary>Any scenario.</summary>
    public static readonly Gen<LoadScenario> Scenario =
        Gen.Select(Name, Target.Array[1, 4], Stage.Array[1, 4], Flow.Array[1, 4], Time.Array[3], Gen.Select(Gen.Int[1, 65_536], Gen.Bool, Gen.Int[0, int.MaxValue - 1], Gen.Int[0, 7]), Gen.OneOf("127.0.0.2", "::1").Array[0, 2])
            .Select((name, targets, stages, flows, times, rest, sources) => new LoadScenario
            {
                Name = name,
                Targets = targets,
                Stages = stages,
                Flows = flows,
                Warmup = times[0],
                Drain = times[1],
                Timeout = times[2],
                ConnectWindow = rest.Item1,
                Reconnects = rest.Item2,
                Seed = rest.Item3,
                AllowsErrors = (rest.Item4 & 1) is not 0,
                AllowsUnanswered = (rest.Item4 & 2) is not 0,
                AllowsUnsent = (rest.Item4 & 4) is not 0,
                Sources = sources,
            });
}
