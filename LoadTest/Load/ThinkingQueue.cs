using System.Collections.Concurrent;

namespace OrleansEcho.LoadTest.Load;

/// <summary>The connections of a flow that wait before they send again: all equally long, so that who came first is first.</summary>
/// <param name="run">The run.</param>
/// <param name="thinkTime">How long they wait, in nanoseconds.</param>
internal sealed class ThinkingQueue(RunContext run, long thinkTime)
{
    private readonly ConcurrentQueue<(LoadConnection Connection, long Due)> _waiting = new();

    /// <summary>A connection begins to wait.</summary>
    public void Add(LoadConnection connection, long now) => _waiting.Enqueue((connection, run.After(now, thinkTime)));

    /// <summary>Lets those send whose time is over.</summary>
    /// <param name="now">When it is, as a timestamp.</param>
    /// <param name="late">Is told of each by how much it is late, in nanoseconds.</param>
    /// <returns>When the next one's time is over, as a timestamp.</returns>
    public long Release(long now, Action<long> late)
    {
        while (_waiting.TryPeek(out var first))
        {
            if (first.Due > now) return first.Due;
            _waiting.TryDequeue(out _);
            late(run.Nanoseconds(first.Due, now));
            first.Connection.Go();
        }

        return long.MaxValue;
    }
}
