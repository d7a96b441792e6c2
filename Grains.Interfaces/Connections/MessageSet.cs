namespace OrleansEcho.Grains.Interfaces.Connections;

/// <summary>
/// The complete messages of one connection that travel to its grain together, under one sequence number; and the grain's answer to them.
/// </summary>
/// <remarks>
/// Immutable, so that no call copies it: never build one over pooled or pipe memory, because a call is serialized after it was made
/// (on the send loop), and one that timed out may still be.
/// </remarks>
[GenerateSerializer]
[Immutable]
[Alias("echo.MessageSet")]
public sealed class MessageSet
{
    /// <summary>Makes a set of the messages that stand one after another in <paramref name="bytes"/>.</summary>
    /// <param name="sequence">1 for a connection's first set, then one more each time.</param>
    /// <param name="bytes">The payloads, end to end. The set owns the array from now on.</param>
    /// <param name="lengths">The length of each payload; null when the whole array is one message. The set owns the array from now on.</param>
    /// <param name="isLast">The peer will send nothing after this set.</param>
    /// <exception cref="ArgumentException">The lengths do not make up the bytes: some would be lost, or others' be sent. The builder beside the grains gets them right.</exception>
    public MessageSet(long sequence, byte[] bytes, int[]? lengths, bool isLast = false)
    {
        if (lengths is not null) Check(bytes, lengths);
        Sequence = sequence;
        Bytes = bytes;
        Lengths = lengths;
        IsLast = isLast;
    }

    /// <summary>The number of the set in its connection: 1, 2, … without a gap.</summary>
    [Id(0)]
    public long Sequence { get; }

    /// <summary>The payloads, end to end, without anything of their framing.</summary>
    [Id(1)]
    public byte[] Bytes { get; }

    /// <summary>The length of each payload in <see cref="Bytes"/>; null when there is one message: most sets of interactive peers.</summary>
    [Id(2)]
    public int[]? Lengths { get; }

    /// <summary>
    /// The peer's FIN came with this set: it will send nothing after it. A FIN that comes later ends the connection without another set,
    /// so false promises nothing.
    /// </summary>
    [Id(3)]
    public bool IsLast { get; }

    /// <summary>How many messages the set has.</summary>
    public int Count => Lengths?.Length ?? 1;

    private static void Check(byte[] bytes, int[] lengths)
    {
        var total = 0L;
        foreach (var length in lengths)
        {
            if (length < 0) throw new ArgumentException($"A message of {length} bytes; there is none shorter than 0.", nameof(lengths));
            total += length;
        }

        if (total == bytes.Length) return;
        throw new ArgumentException($"The lengths of {lengths.Length} messages add up to {total} bytes, and the set has {bytes.Length}.", nameof(lengths));
    }

    /// <summary>Walks over the payloads, in order, without allocating.</summary>
    public PayloadEnumerator GetEnumerator() => new(this);

    /// <summary>Walks over the payloads of a set.</summary>
    public ref struct PayloadEnumerator
    {
        private readonly MessageSet _set;
        private int _index;
        private int _start;
        private int _length;

        internal PayloadEnumerator(MessageSet set) => (_set, _index) = (set, -1);

        /// <summary>The payload that the walk stands on.</summary>
        public readonly ReadOnlySpan<byte> Current => _set.Bytes.AsSpan(_start, _length);

        /// <summary>Goes to the next payload; false after the last.</summary>
        public bool MoveNext()
        {
            if (++_index >= _set.Count) return false;
            _start += _length;
            _length = _set.Lengths is { } lengths ? lengths[_index] : _set.Bytes.Length;
            return true;
        }
    }
}
