using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Thresholds;

/// <summary>Watches a run, and says once when a threshold is crossed for good, so that it need not go on to its end.</summary>
/// <param name="thresholds">What must not be.</param>
/// <param name="onCrossed">Is called once, with the first that is.</param>
internal sealed class ThresholdWatch(IReadOnlyList<Threshold> thresholds, Action<Threshold> onCrossed) : ILoadObserver
{
    // What may fall again has to be crossed for this long: a pause at the beginning is not the run.
    private const int Patience = 3;

    // And not before this: the first seconds are those of caches and compilers.
    private const double Settled = 5;

    private readonly int[] _seconds = new int[thresholds.Count];

    private bool _isCrossed;

    /// <inheritdoc/>
    public void Progress(LoadProgress progress)
    {
    }

    /// <inheritdoc/>
    public void SecondOver(IntervalFigures interval, LoadFigures soFar)
    {
        for (var i = 0; i < thresholds.Count && !_isCrossed; i++)
        {
            _seconds[i] = thresholds[i].IsCrossedBy(soFar) ? _seconds[i] + 1 : 0;
            var isSure = thresholds[i].Figure.OnlyGrows || interval.At + interval.Seconds >= Settled;
            if (_seconds[i] < (thresholds[i].Figure.OnlyGrows ? 1 : Patience) || !isSure) continue;
            _isCrossed = true;
            onCrossed(thresholds[i]);
        }
    }
}
