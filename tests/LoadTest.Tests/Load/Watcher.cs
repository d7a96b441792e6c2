using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Tests.Load;

/// <summary>Tells a test how a run goes.</summary>
internal sealed class Watcher(Action<IntervalFigures>? second = null, Action<LoadProgress>? progress = null) : ILoadObserver
{
    public void Progress(LoadProgress now) => progress?.Invoke(now);

    public void SecondOver(IntervalFigures interval, LoadFigures soFar) => second?.Invoke(interval);
}
