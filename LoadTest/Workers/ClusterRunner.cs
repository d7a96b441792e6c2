using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Workers;

/// <summary>Runs scenarios by the workers of a session.</summary>
/// <param name="open">Opens the session.</param>
/// <param name="settings">Which session.</param>
/// <param name="workers">How many workers it takes.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterRunner(Func<SessionSettings, CancellationToken, Task<IOpenSession>> open, SessionSettings settings, int workers, TimeProvider time) : ILoadRunner
{
    /// <inheritdoc/>
    public async Task<RunResult> RunAsync(LoadScenario scenario, ILoadObserver observer, CancellationToken interrupt)
    {
        await using var session = await open(settings, interrupt);
        return await new LoadConductor(session, workers, time).RunAsync(scenario, observer, interrupt);
    }
}
