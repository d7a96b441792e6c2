using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>What the command line says over a scenario that is run again.</summary>
/// <param name="Duration">How long it counts; null for as long as the scenario says.</param>
/// <param name="Warmup">How long to load before that; null as well.</param>
/// <param name="Targets">Where it goes; none for where the scenario goes.</param>
internal sealed record SideOverride(TimeSpan? Duration, TimeSpan? Warmup, IReadOnlyList<TargetText> Targets)
{
    /// <summary>What is to be run.</summary>
    /// <param name="scenario">What the file says.</param>
    /// <param name="source">The file.</param>
    /// <returns>The scenario; or null, and everything that is wrong, a line each.</returns>
    public (LoadScenario? Scenario, IReadOnlyList<string> Faults) Put(LoadScenario scenario, string source)
    {
        var put = scenario with { Warmup = Warmup ?? scenario.Warmup };
        // Other gateways, spoken to in the same way.
        if (Targets.Count > 0 && scenario.Targets is [{ } first, ..]) put = put with { Targets = [.. Targets.Select(t => new LoadTarget(t.Host, t.Port, t.Framing ?? first.Framing, first.Tls))] };
        List<string> faults = [.. ScenarioCheck.FaultsOf(put).Select(fault => $"{source}: it cannot be run so: {fault}; change that, or give another file.")];
        if (Duration is { } duration)
        {
            if (scenario.Stages is [{ } stage]) put = put with { Stages = [stage with { Duration = duration }] };
            else faults.Add($"--duration: the stages of {source} say how long they take; change them there.");
        }

        return faults.Count > 0 ? (null, faults) : (put, []);
    }
}
