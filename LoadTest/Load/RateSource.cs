using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>An open loop: the messages of a schedule that are this share's, on its open connections in turn.</summary>
internal sealed class RateSource(LoadSchedule schedule, LoadShare share, IReadOnlyList<LoadConnection> connections) : LoadClock.Source
{
    private long _number = share.Index;
    private int _turn;

    public override long NextAt => schedule.TimeOf(_number);

    public override int TrySend(long due)
    {
        _number += share.Count;
        for (var tries = 0; tries < connections.Count; tries++)
        {
            if (_turn >= connections.Count) _turn = 0;
            if (connections[_turn++].TryQueue(due)) return 1;
        }

        Place().Skip(due);
        return 0;
    }

    // A schedule may be behind by millions of messages: those of a hundredth of a second are counted at once.
    public override void LeaveUntil(long end, Func<long, long> timestamp)
    {
        for (var at = NextAt; at <= end; at = NextAt)
        {
            var due = schedule.Due(Math.Min(end, at + MissingMessages.Grain));
            var count = (due - _number + share.Count - 1) / share.Count;
            Place().LeaveUntried(timestamp(at), count);
            _number += count * share.Count;
        }
    }

    // Whose turn it would have been.
    private LoadConnection Place() => connections[_turn++ % connections.Count];
}
