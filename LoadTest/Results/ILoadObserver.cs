namespace OrleansEcho.LoadTest.Results;

/// <summary>Watches a run. It is called by one thread at a time, and must not take long.</summary>
public interface ILoadObserver
{
    /// <summary>How it is going, some times a second.</summary>
    void Progress(LoadProgress progress);

    /// <summary>A second is over: figures of it, and all that counted until now.</summary>
    /// <param name="interval">The second.</param>
    /// <param name="soFar">All targets together, since what counts began.</param>
    void SecondOver(IntervalFigures interval, LoadFigures soFar);
}
