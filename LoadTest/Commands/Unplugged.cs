using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>Stands where a part is to be plugged in.</summary>
internal sealed class Unplugged : ILoadRunner, IThresholds, IRunViews, IRunView
{
    public Task<RunResult> RunAsync(LoadScenario scenario, ILoadObserver observer, CancellationToken interrupt) => throw new CannotRunException("This build has no engine.");

    public string? FaultOf(string condition) => null;

    public string? FirstCrossed(IReadOnlyList<string> conditions, LoadFigures soFar) => null;

    public RunResult Judge(RunResult result, IReadOnlyList<string> conditions) => result;

    public IRunView Open(LoadScenario scenario, RunViewKind kind, TextWriter output) => this;

    public void Progress(LoadProgress progress)
    {
    }

    public void SecondOver(IntervalFigures interval, LoadFigures soFar)
    {
    }

    public void Finished(RunResult result)
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
