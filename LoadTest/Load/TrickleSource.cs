using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>Connections that are held: each sends a message now and then, all together evenly.</summary>
internal sealed class TrickleSource(LoadFlow flow, long duration, IReadOnlyList<LoadConnection> connections) : LoadClock.Source
{
    private readonly long _step = Math.Max(1, flow.TrickleInterval.Ticks * TimeSpan.NanosecondsPerTick / Math.Max(1, connections.Count));
    private long _number = 1;

    public override long NextAt => _number * _step < duration ? _number * _step : LoadSchedule.Never;

    // Whose turn it is may be closed: it is idle as well.
    public override int TrySend(long due)
    {
        var connection = connections[(int)(_number++ % connections.Count)];
        if (connection.TryQueue(due)) return 1;
        if (connection.IsBroken) connection.Skip(due);
        return 0;
    }

    public override void LeaveUntil(long end, Func<long, long> timestamp)
    {
        for (; NextAt <= end; _number++)
        {
            var connection = connections[(int)(_number % connections.Count)];
            if (connection.IsOpen || connection.IsBroken) connection.LeaveUntried(timestamp(NextAt), 1);
        }
    }
}
