using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>What makes a load out of a scenario.</summary>
internal interface ILoadRunner
{
    /// <summary>Runs a scenario to its end.</summary>
    /// <param name="scenario">What to do.</param>
    /// <param name="observer">Who watches.</param>
    /// <param name="interrupt">Ends it before its time; what it has counted is its result then, too (<see cref="Verdict.Interrupted"/>).</param>
    /// <returns>What came of it, without thresholds.</returns>
    /// <exception cref="CannotRunException">It could not be run at all.</exception>
    Task<RunResult> RunAsync(LoadScenario scenario, ILoadObserver observer, CancellationToken interrupt);
}
