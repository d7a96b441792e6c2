namespace OrleansEcho.LoadTest.Results;

/// <summary>Watches a run, and tells nobody.</summary>
internal sealed class SilentObserver : ILoadObserver
{
    /// <inheritdoc/>
    public void Progress(LoadProgress progress)
    {
    }

    /// <inheritdoc/>
    public void SecondOver(IntervalFigures interval, LoadFigures soFar)
    {
    }
}
