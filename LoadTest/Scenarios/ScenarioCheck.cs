using System.Net;
using OrleansEcho.Protocols;

namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Whether a scenario can be run that was not just made of its keys: it comes out of a file that anybody may have changed, or goes to other targets now.</summary>
internal static class ScenarioCheck
{
    /// <summary>What is wrong with it, a few words each; nothing where it can be run.</summary>
    public static IReadOnlyList<string> FaultsOf(LoadScenario scenario) =>
        [.. Targets(scenario), .. Stages(scenario), .. Flows(scenario), .. Sizes(scenario), .. Times(scenario), .. Sources(scenario), .. Connections(scenario)];

    private static IEnumerable<string> Targets(LoadScenario scenario)
    {
        if (scenario.Targets.Count is 0) yield return "it has no target";
        foreach (var target in scenario.Targets)
        {
            if (target is not { Host.Length: > 0, Port: > 0 and <= IPEndPoint.MaxPort }) yield return $"'{target?.Name}' is no target";
            else if (!Framings.Names.Contains(target.Framing, StringComparer.Ordinal)) yield return $"{target.Name} has no known framing ('{target.Framing}')";
        }

        foreach (var twice in scenario.Targets.GroupBy(t => t?.Name).Where(g => g.Count() > 1)) yield return $"{twice.Key} is there twice";
        foreach (var file in scenario.Targets.SelectMany(t => (string?[])[t?.Tls?.Authority, t?.Tls?.Certificate, t?.Tls?.Key]).OfType<string>().Distinct().Where(f => !File.Exists(f)))
        {
            yield return $"there is no file {file}";
        }
    }

    private static IEnumerable<string> Stages(LoadScenario scenario)
    {
        if (scenario.Stages.Count is 0) yield return "it has no stage";
        foreach (var stage in scenario.Stages)
        {
            if (stage is null || stage.Duration <= TimeSpan.Zero || stage.Duration > LoadSchedule.MaxStage) yield return $"a stage takes {stage?.Duration}";
            else if (stage.Connections is < 1 or > ScenarioKeys.MaxConnections) yield return $"a stage has {stage.Connections} connections";
            else if (stage.Rate is not (null or (>= 0 and <= LoadSchedule.MaxRate))) yield return $"a stage has a rate of {stage.Rate}";
        }
    }

    private static IEnumerable<string> Flows(LoadScenario scenario)
    {
        if (scenario.Flows.Count is 0) yield return "nothing says what its connections do";
        foreach (var flow in scenario.Flows)
        {
            if (flow is not { Weight: > 0 and < double.PositiveInfinity, Depth: > 0 and <= ScenarioKeys.MaxDepth, ThinkTime.Ticks: >= 0, TrickleInterval.Ticks: >= 0 }
                || !Enum.IsDefined(flow.Kind)
                || (flow.Kind is FlowKind.Churn && flow.EchoesPerConnection < 1)
                || (flow.Kind is FlowKind.Burst && flow.BurstInterval <= TimeSpan.Zero))
            {
                yield return $"what {flow?.Kind.ToString().ToLowerInvariant() ?? "some"} connections do is outside what there can be";
            }
        }
    }

    // Which sizes are too small depends on where they go to.
    private static IEnumerable<string> Sizes(LoadScenario scenario)
    {
        var least = scenario.Targets.Select(t => SizeText.Min(t?.Framing)).DefaultIfEmpty().Max();
        return scenario.Flows.Select(f => f?.Sizes).Concat(scenario.Stages.Select(s => s?.Sizes)).OfType<SizeDistribution>()
            .Where(s => s.Parts.Count is 0 || s.Parts.Any(p => p is not { Weight: > 0 and < double.PositiveInfinity } || p.From > p.To) || s.Min < least || s.Max > SizeText.Max)
            .Select(s => $"messages of {s} bytes are outside {least} to {SizeText.Max}").Distinct();
    }

    private static IEnumerable<string> Times(LoadScenario scenario)
    {
        (string Name, TimeSpan Value)[] times = [("warm-up", scenario.Warmup), ("drain", scenario.Drain), ("time-out", scenario.Timeout)];
        foreach (var (name, value) in times.Where(t => t.Value < TimeSpan.Zero || t.Value > LoadSchedule.MaxStage)) yield return $"the {name} takes {value}";
        if (scenario.ConnectWindow < 1) yield return $"{scenario.ConnectWindow} connections are opened at a time";
    }

    private static IEnumerable<string> Sources(LoadScenario scenario) =>
        scenario.Sources.Where(s => !IPAddress.TryParse(s, out _)).Select(s => $"'{s}' is no address of this machine");

    private static IEnumerable<string> Connections(LoadScenario scenario)
    {
        var (most, needed) = (scenario.Stages.Max(s => s?.Connections), Math.Max(scenario.Targets.Count, scenario.Flows.Count));
        if (most < needed) yield return $"{most} connections are fewer than the {needed} targets, or parts of the mix, so that some would get none";
    }
}
