namespace OrleansEcho.LoadTest.Searching;

/// <summary>A condition that a probe had to hold, and what was measured of it.</summary>
/// <param name="Condition">As it was written: of the objective, what must be, such as <c>p99 &lt; 20ms</c>; of the scenario's thresholds, what must not.</param>
/// <param name="Figure">The figure that it is about.</param>
/// <param name="Measured">What the figure was: times in microseconds, shares of 1; null where there was nothing to measure.</param>
/// <param name="Value">The same as a text, in the condition's own unit.</param>
/// <param name="Holds">Whether it was as it should be.</param>
public sealed record ObjectiveFigure(string Condition, string Figure, double? Measured, string Value, bool Holds);
