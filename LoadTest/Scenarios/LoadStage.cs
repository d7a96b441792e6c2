namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>A part of a run. What changes goes from the end of the stage before to these values in a straight line, or at once.</summary>
/// <param name="Duration">How long it takes; more than 0.</param>
/// <param name="Connections">How many connections at its end.</param>
/// <param name="Rate">Messages a second of all connections together at its end; null where connections send as soon as they may (closed loop).</param>
/// <param name="IsStep">Whether the values hold from its beginning.</param>
/// <param name="Sizes">The sizes from its beginning on; null for those of the flows.</param>
public sealed record LoadStage(TimeSpan Duration, int Connections, double? Rate = null, bool IsStep = false, SizeDistribution? Sizes = null);
