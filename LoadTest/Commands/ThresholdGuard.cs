using OrleansEcho.LoadTest.Load;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>Watches a run for others, and ends it at the first second after which a condition has come true.</summary>
internal sealed class ThresholdGuard(ILoadObserver inner, Func<LoadFigures, string?> findCrossed, CancellationTokenSource end) : ILoadObserver
{
    /// <summary>The condition; null while none has come true.</summary>
    public string? Crossed { get; private set; }

    public void Progress(LoadProgress progress) => inner.Progress(progress);

    public void SecondOver(IntervalFigures interval, LoadFigures soFar)
    {
        inner.SecondOver(interval, soFar);
        if (Crossed is not null || (Crossed = findCrossed(soFar)) is null) return;
        end.Cancel();
    }
}
