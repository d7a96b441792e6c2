using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Lanes;

/// <summary>The answers that did not come in time to travel with the others, until they are collected, or nobody does. Safe for any thread.</summary>
internal sealed class LateSets(TimeProvider time)
{
    // A gateway collects at once. One that has not after so long is gone, or has given the connection up.
    private static readonly TimeSpan Keeping = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Late> _late = []; // a connection has one set under way
    private long _lookedAt;

    /// <summary>How many are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _late.Count;
        }
    }

    /// <summary>Keeps what will be the answer.</summary>
    public void Add(long connection, long sequence, Task<MessageSet?> answer)
    {
        lock (_lock)
        {
            Forget();
            _late[connection] = new(sequence, answer, time.GetTimestamp());
        }
    }

    /// <summary>The answer; null when it is not kept, or belongs to another set of the connection.</summary>
    public ValueTask<MessageSet?> TakeAsync(long connection, long sequence)
    {
        lock (_lock)
        {
            if (!_late.TryGetValue(connection, out var late) || late.Sequence != sequence) return default;
            _late.Remove(connection);
            return new(late.Answer);
        }
    }

    private void Forget()
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(_lookedAt, now) < Keeping) return;
        _lookedAt = now;
        foreach (var (connection, late) in _late)
        {
            if (time.GetElapsedTime(late.Since, now) >= Keeping) _late.Remove(connection);
        }
    }

    private sealed record Late(long Sequence, Task<MessageSet?> Answer, long Since);
}
