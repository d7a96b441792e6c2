using OrleansEcho.LoadTest.Scenarios;
using OrleansEcho.LoadTest.Thresholds;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>What a scenario's conditions allow: one about errors takes the place of the rule that there be none.</summary>
internal static class AllowedErrors
{
    /// <summary>The scenario of a file, with what its conditions allow.</summary>
    public static LoadScenario Of(ScenarioFile file)
    {
        string[] targets = [.. file.Scenario.Targets.Select(t => t.Name)];
        return file.Thresholds.Aggregate(file.Scenario, (scenario, threshold) =>
            Threshold.TryParse(threshold.Condition, targets, out var condition, out _) ? Allow(scenario, condition.Figure.Name) : scenario);
    }

    // What a connection that failed was owed is a part of its failure.
    private static LoadScenario Allow(LoadScenario scenario, string figure) => figure switch
    {
        "errors" or "error_rate" => scenario with { AllowsErrors = true, AllowsUnanswered = true },
        "unanswered" => scenario with { AllowsUnanswered = true },
        "skipped" => scenario with { AllowsUnsent = true },
        _ => scenario,
    };
}
