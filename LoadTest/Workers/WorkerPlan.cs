using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Workers;

/// <summary>What a conductor sends its workers.</summary>
/// <param name="Schema">The form of plans and reports: a worker of another version refuses it.</param>
/// <param name="Scenario">What all together are to do.</param>
internal sealed record WorkerPlan(int Schema, LoadScenario Scenario)
{
    /// <summary>The form that this load tester speaks.</summary>
    public const int CurrentSchema = RunResult.CurrentSchema;
}
