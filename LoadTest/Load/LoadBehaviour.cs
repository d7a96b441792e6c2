using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>What a connection does, as its flow says.</summary>
/// <param name="flow">The flow.</param>
/// <param name="schedule">What changes with time.</param>
/// <param name="clock">When it is, in nanoseconds since loading began.</param>
/// <param name="thinking">Where connections wait that think; null where none does.</param>
/// <param name="sizes">All sizes there can be, when they are few: what a stream without messages is searched for.</param>
/// <param name="longest">The longest message, in bytes on the wire.</param>
/// <param name="seed">Decides the sizes; another one for each connection.</param>
internal sealed class LoadBehaviour(LoadFlow flow, LoadSchedule schedule, Func<long> clock, ThinkingQueue? thinking, int[] sizes, int longest, ulong seed)
{
    private ulong _state = seed;

    public FlowKind Kind => flow.Kind;

    /// <summary>Whether echoes decide when it sends.</summary>
    public bool IsClosed => flow.Kind is FlowKind.Closed or FlowKind.Churn;

    /// <summary>How many messages it has in flight, or sends at once.</summary>
    public int Depth => flow.Depth;

    /// <summary>How many echoes it takes before it closes; 0 where it never does.</summary>
    public int EchoesPerConnection => flow.Kind is FlowKind.Churn ? flow.EchoesPerConnection : 0;

    /// <summary>How long it waits after an echo, in nanoseconds.</summary>
    public long ThinkTime { get; } = thinking is null ? 0 : flow.ThinkTime.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>The longest message, in bytes on the wire.</summary>
    public int LongestMessage => longest;

    /// <summary>All sizes there can be, when they are few.</summary>
    public int[] AllSizes => sizes;

    /// <summary>The size of the next message; to be asked by one thread at a time.</summary>
    public int NextSize() => (schedule.SizesAt(clock()) ?? flow.Sizes).Next(ref _state);

    /// <summary>A connection has its echo, and thinks.</summary>
    public void Think(LoadConnection connection, long now) => thinking!.Add(connection, now);
}
