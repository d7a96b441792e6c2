using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Load.Measuring;

/// <summary>What was counted in a stretch of time. One thread at a time may change it.</summary>
internal sealed class LoadCounts
{
    /// <summary>From when a message should have been sent to its echo.</summary>
    public TimeHistogram Latency { get; } = new();

    /// <summary>From when a message was sent to its echo.</summary>
    public TimeHistogram ServiceTime { get; } = new();

    /// <summary>How long connections took to be opened.</summary>
    public TimeHistogram ConnectTime { get; } = new();

    /// <summary>Messages that came back.</summary>
    public long Messages;

    /// <summary>Their bytes.</summary>
    public long Bytes;

    /// <summary>Connections that were opened.</summary>
    public long Opened;

    /// <summary>What never came back.</summary>
    public long Lost;

    /// <summary>What came back once more.</summary>
    public long Doubled;

    /// <summary>What came back after a later one.</summary>
    public long Reordered;

    /// <summary>What came back with other bytes.</summary>
    public long Corrupted;

    /// <summary>What belongs to others.</summary>
    public long Foreign;

    /// <summary>What was outstanding when a connection broke.</summary>
    public long Unanswered;

    /// <summary>What was due and was not sent: no connection was open, or the one that had it ended before.</summary>
    public long Skipped;

    /// <summary>What was due and was not even tried: the load tester was late.</summary>
    public long Untried;

    /// <summary>What never came back, by when it was due: what was skipped, untried, lost or unanswered.</summary>
    public MissingMessages MissingSinceDue { get; } = new();

    /// <summary>What never came back, by when it was sent.</summary>
    public MissingMessages MissingSinceSent { get; } = new();

    /// <summary>How connections failed, by class.</summary>
    public long[] Errors { get; } = new long[Enum.GetValues<ErrorClass>().Length];

    /// <summary>Why gateways refused or closed connections.</summary>
    public Dictionary<string, long> Refusals { get; } = [];

    /// <summary>What fails a run.</summary>
    public long Faults => Lost + Doubled + Reordered + Corrupted + Foreign;

    /// <summary>Adds what another has counted.</summary>
    public void Add(LoadCounts other)
    {
        Latency.Add(other.Latency);
        ServiceTime.Add(other.ServiceTime);
        ConnectTime.Add(other.ConnectTime);
        Messages += other.Messages;
        Bytes += other.Bytes;
        Opened += other.Opened;
        Lost += other.Lost;
        Doubled += other.Doubled;
        Reordered += other.Reordered;
        Corrupted += other.Corrupted;
        Foreign += other.Foreign;
        Unanswered += other.Unanswered;
        Skipped += other.Skipped;
        Untried += other.Untried;
        MissingSinceDue.Add(other.MissingSinceDue);
        MissingSinceSent.Add(other.MissingSinceSent);
        for (var i = 0; i < Errors.Length; i++) Errors[i] += other.Errors[i];
        foreach (var (reason, count) in other.Refusals) Refusals[reason] = Refusals.GetValueOrDefault(reason) + count;
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Latency.Clear();
        ServiceTime.Clear();
        ConnectTime.Clear();
        Messages = Bytes = Opened = Lost = Doubled = Reordered = Corrupted = Foreign = Unanswered = Skipped = Untried = 0;
        MissingSinceDue.Clear();
        MissingSinceSent.Clear();
        Array.Clear(Errors);
        Refusals.Clear();
    }
}
