using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Connections;

/// <summary>Makes a set message by message: for a handler whose answers are others than the messages that came. Not thread-safe.</summary>
/// <param name="sequence">The number of the set; an answer has that of the set that it answers.</param>
/// <example>
/// <code>
/// var answer = new MessageSetBuilder(set.Sequence);
/// foreach (var payload in set) answer.Add(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(payload).ToUpperInvariant()));
/// return new(answer.Build());
/// </code>
/// </example>
public sealed class MessageSetBuilder(long sequence)
{
    private readonly List<int> _lengths = [];
    private readonly List<byte> _bytes = [];

    /// <summary>How many messages there are so far.</summary>
    public int Count => _lengths.Count;

    /// <summary>Adds a message, whose bytes are copied; an empty one is a message, too.</summary>
    public void Add(ReadOnlySpan<byte> payload)
    {
        _bytes.AddRange(payload);
        _lengths.Add(payload.Length);
    }

    /// <summary>The set of all messages so far.</summary>
    /// <param name="isLast">The peer will send nothing after it.</param>
    public MessageSet Build(bool isLast = false) => new(sequence, [.. _bytes], _lengths.Count is 1 ? null : [.. _lengths], isLast);
}
