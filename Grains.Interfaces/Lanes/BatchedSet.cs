using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Interfaces.Lanes;

/// <summary>One connection's part of a batch: a set of its, or that it opens, or that it has ended.</summary>
/// <param name="Connection">The number of the connection in its gateway's run: 1, 2, …</param>
/// <param name="Set">The set; null in an answer that has none.</param>
/// <param name="Outcome">What has become of it.</param>
/// <param name="Opening">Its grain is to be opened; not together with a set.</param>
/// <param name="Closing">Its grain is to be closed; not together with a set.</param>
public readonly record struct BatchedSet(long Connection, MessageSet? Set, SetOutcome Outcome, ConnectionOpening? Opening = null, CloseReason? Closing = null)
{
    /// <summary>A set on its way to its grain.</summary>
    public static BatchedSet Of(long connection, MessageSet set) => new(connection, set, SetOutcome.Here);

    /// <summary>A connection that opens.</summary>
    public static BatchedSet Opens(long connection, ConnectionOpening opening) => new(connection, null, SetOutcome.Here, opening);

    /// <summary>A connection that has ended.</summary>
    public static BatchedSet Closes(long connection, CloseReason reason) => new(connection, null, SetOutcome.Here, null, reason);

    /// <summary>What is to be asked for when its answer is late: the number of its set; 0 of an opening, and of an end.</summary>
    public long Sequence => Set?.Sequence ?? 0;
}
