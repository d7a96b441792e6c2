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

        return 0;
    }
}
