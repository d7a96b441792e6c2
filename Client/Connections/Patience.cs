namespace OrleansEcho.Client.Connections;

/// <summary>How long a request is waited for: by its caller, and by whoever judges its connection.</summary>
internal readonly record struct Patience
{
    /// <param name="time">The clock; it begins now.</param>
    /// <param name="own">The call's own time-out, where it has one.</param>
    /// <param name="option">The option's.</param>
    public Patience(TimeProvider time, TimeSpan? own, TimeSpan option)
    {
        (Timeout, IsOwn) = (own ?? option, own is not null);
        Since = time.GetTimestamp();
        Deadline = Since + Ticks(Timeout);
        OverdueAt = Since + Ticks(Timeout > option ? Timeout : option);

        long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>The timestamp of the call.</summary>
    public long Since { get; }

    /// <summary>The caller's.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Whether it is the call's own.</summary>
    public bool IsOwn { get; }

    /// <summary>The timestamp at which the caller waits no longer.</summary>
    public long Deadline { get; }

    /// <summary>The timestamp at which the connection is not trusted any more: an impatient caller is no reason.</summary>
    public long OverdueAt { get; }
}
