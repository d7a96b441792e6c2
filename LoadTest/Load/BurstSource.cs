using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>Bursts: all connections send several messages at once, at intervals.</summary>
internal sealed class BurstSource(LoadFlow flow, long duration, IReadOnlyList<LoadConnection> connections) : LoadClock.Source
{
    private readonly long _interval = flow.BurstInterval.Ticks * TimeSpan.NanosecondsPerTick;
    private long _next;

    public override long NextAt => _next < duration ? _next : LoadSchedule.Never;

    public override int TrySend(long due)
    {
        _next += _interval;
        return connections.Count(connection => connection.TryQueue(due, flow.Depth)) * flow.Depth;
    }
}
