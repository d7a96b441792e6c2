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
        var sent = 0;
        foreach (var connection in connections)
        {
            if (connection.TryQueue(due, flow.Depth)) sent += flow.Depth;
            else if (connection.IsBroken) connection.Skip(due, flow.Depth);
        }

        return sent;
    }

    public override void LeaveUntil(long end, Func<long, long> timestamp)
    {
        for (; NextAt <= end; _next += _interval)
        {
            foreach (var connection in connections.Where(c => c.IsOpen || c.IsBroken)) connection.LeaveUntried(timestamp(_next), flow.Depth);
        }
    }
}
