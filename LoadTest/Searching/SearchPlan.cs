using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Thresholds;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>What a search does.</summary>
/// <param name="Scenario">What each run does, but for the value and how long it takes; it has one stage.</param>
/// <param name="Of">What the limit is looked for of.</param>
/// <param name="Step">How long each run counts.</param>
/// <param name="Range">Where to look.</param>
/// <param name="Conditions">What is crossed where the objective does not hold, and the scenario's own thresholds.</param>
/// <param name="Objective">The objective as it was written.</param>
internal sealed record SearchPlan(LoadScenario Scenario, SearchedValue Of, TimeSpan Step, SearchRange Range, IReadOnlyList<Threshold> Conditions, IReadOnlyList<string> Objective)
{
    /// <summary>The run of a value.</summary>
    public LoadScenario At(long value)
    {
        var stage = Scenario.Stages[0] with { Duration = Step, IsStep = true };
        return Scenario with { Stages = [Of is SearchedValue.Rate ? stage with { Rate = value } : stage with { Connections = (int)value }] };
    }
}
