using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>What knows conditions such as <c>p99 &gt; 50ms</c>.</summary>
internal interface IThresholds
{
    /// <summary>What is wrong with a condition: it, a line with a caret below its place, and what to do, without a full stop; null when nothing is.</summary>
    string? FaultOf(string condition, IReadOnlyList<string> targets);

    /// <summary>Watches a run, and tells of the first condition that has come true for good.</summary>
    ILoadObserver Watch(IReadOnlyList<string> conditions, IReadOnlyList<string> targets, Action<string> onCrossed);

    /// <summary>Puts the conditions into a result; a result that passed until then, and of which one came true, has failed.</summary>
    RunResult Judge(RunResult result, IReadOnlyList<string> conditions);
}
