using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>Lets another watch a run, too.</summary>
internal sealed class TwoObservers(ILoadObserver first, ILoadObserver second) : ILoadObserver
{
    public void Progress(LoadProgress progress)
    {
        first.Progress(progress);
        second.Progress(progress);
    }

    public void SecondOver(IntervalFigures interval, LoadFigures soFar)
    {
        first.SecondOver(interval, soFar);
        second.SecondOver(interval, soFar);
    }
}
