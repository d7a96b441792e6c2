using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Interfaces.Lanes;

/// <summary>One connection's set among those that travel together.</summary>
/// <param name="Connection">The number of the connection in its gateway's run: 1, 2, …</param>
/// <param name="Set">The set; null in an answer that has none.</param>
/// <param name="Outcome">What has become of it.</param>
public readonly record struct BatchedSet(long Connection, MessageSet? Set, SetOutcome Outcome);
