using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>One of the two that are compared, with the runs that were made of it.</summary>
/// <param name="Name"><c>A</c> or <c>B</c>.</param>
/// <param name="Scenario">What it runs.</param>
internal sealed record ComparedSide(string Name, LoadScenario Scenario)
{
    /// <summary>Its whole runs, in order of time.</summary>
    public List<RunResult> Runs { get; } = [];
}
