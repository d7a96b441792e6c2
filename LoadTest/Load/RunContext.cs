using OrleansEcho.LoadTest.Load.Messages;

namespace OrleansEcho.LoadTest.Load;

/// <summary>What all connections of a run share.</summary>
/// <param name="text">The bytes of its messages.</param>
/// <param name="time">The clock.</param>
internal sealed class RunContext(MessageText text, TimeProvider time)
{
    private readonly double _nanosecondsPerTick = 1e9 / time.TimestampFrequency;
    private volatile bool _isSending = true;

    /// <summary>The bytes of its messages.</summary>
    public MessageText Text => text;

    /// <summary>Whether anything is still to be sent.</summary>
    public bool IsSending => _isSending;

    /// <summary>A timestamp.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>How long it is from one timestamp to another.</summary>
    public long Nanoseconds(long from, long to) => (long)((to - from) * _nanosecondsPerTick);

    /// <summary>The timestamp so long after another.</summary>
    public long After(long timestamp, long nanoseconds) => timestamp + (long)(nanoseconds / _nanosecondsPerTick);

    /// <summary>No more is sent.</summary>
    public void StopSending() => _isSending = false;
}
