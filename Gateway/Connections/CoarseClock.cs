namespace OrleansEcho.Gateway.Connections;

/// <summary>
/// A clock that is read for nothing: its time stands still between two ticks. Deadlines of seconds need no better, and ten thousand
/// timers would cost more than the messages.
/// </summary>
internal sealed class CoarseClock(TimeProvider time)
{
    /// <summary>How often it ticks: a deadline fires less than two of these late, never early.</summary>
    public static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(250);

    private long _now = time.GetTimestamp();

    /// <summary>The timestamp of the last tick.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>The timestamp, up to one resolution late, that lies <paramref name="timeout"/> ahead; never, when it is zero.</summary>
    public long After(TimeSpan timeout) => timeout == TimeSpan.Zero ? long.MaxValue : Now + ToTimestamp(timeout + Resolution);

    public void Tick() => Volatile.Write(ref _now, time.GetTimestamp());

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
