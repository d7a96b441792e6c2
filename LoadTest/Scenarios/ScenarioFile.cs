namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>All that a scenario's file and flags say.</summary>
/// <param name="Scenario">What the run does.</param>
/// <param name="Description">What it is for; empty where nobody said.</param>
/// <param name="Thresholds">What must not be.</param>
internal sealed record ScenarioFile(LoadScenario Scenario, string Description, IReadOnlyList<ScenarioThreshold> Thresholds);

/// <summary>A threshold as it was written.</summary>
/// <param name="Condition">What must not be, such as <c>p99 &gt; 50ms</c>.</param>
/// <param name="Place">Where it stands.</param>
internal sealed record ScenarioThreshold(string Condition, ScenarioPlace Place);
