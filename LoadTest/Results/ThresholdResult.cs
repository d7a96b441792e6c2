namespace OrleansEcho.LoadTest.Results;

/// <summary>A threshold of a run, and what became of it.</summary>
/// <param name="Condition">As it was written: what must not be, such as <c>p99 &gt; 50ms</c>.</param>
/// <param name="Value">What the figure was, in the condition's own unit.</param>
/// <param name="IsCrossed">Whether the condition came true.</param>
public sealed record ThresholdResult(string Condition, string Value, bool IsCrossed);
