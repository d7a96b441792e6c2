namespace OrleansEcho.Grains.Interfaces.Lanes;

/// <summary>Sets of different connections that travel together. On the wire: <see cref="SetBatchCodec"/>.</summary>
/// <remarks>Immutable, as the sets are, and never over memory that is used again: a call is serialized after it was made.</remarks>
[Immutable]
[Alias("echo.SetBatch")]
public sealed class SetBatch
{
    private readonly BatchedSet[] _sets;

    /// <summary>Makes a batch. It owns the array from now on.</summary>
    public SetBatch(BatchedSet[] sets) => _sets = sets;

    /// <summary>The sets, each of another connection.</summary>
    public ReadOnlySpan<BatchedSet> Sets => _sets;

    /// <summary>How many there are.</summary>
    public int Count => _sets.Length;

    /// <summary>One of them.</summary>
    public ref readonly BatchedSet this[int index] => ref _sets[index];
}
