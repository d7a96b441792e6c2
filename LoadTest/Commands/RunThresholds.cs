using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Thresholds;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>The conditions of a run. Targets are told apart in them only where a result has them: what is written is checked before there is one.</summary>
internal sealed class RunThresholds : IThresholds
{
    /// <inheritdoc/>
    public string? FaultOf(string condition, IReadOnlyList<string> targets) => Threshold.TryParse(condition, targets, out _, out var error) ? null : error.TrimEnd('.');

    /// <inheritdoc/>
    public ILoadObserver Watch(IReadOnlyList<string> conditions, IReadOnlyList<string> targets, Action<string> onCrossed) =>
        new ThresholdWatch(Read(conditions, targets), threshold => onCrossed(threshold.Condition));

    /// <inheritdoc/>
    public RunResult Judge(RunResult result, IReadOnlyList<string> conditions)
    {
        ThresholdResult[] results = [.. Read(conditions, [.. result.Targets.Select(t => t.Target)]).Select(t => t.Evaluate(result))];
        var isCrossed = results.Any(r => r.IsCrossed);
        return result with { Thresholds = results, Verdict = isCrossed && result.Verdict is Verdict.Passed ? Verdict.Failed : result.Verdict };
    }

    private static Threshold[] Read(IReadOnlyList<string> conditions, IReadOnlyList<string> targets) =>
        [.. conditions.Select(c => Threshold.TryParse(c, targets, out var threshold, out var error) ? threshold : throw new ArgumentException(error, nameof(conditions)))];
}
