using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>The thread that sends what is due by the clock: open loops, bursts, trickles, and what was thought about for long enough.</summary>
internal sealed class LoadClock(RunContext run, IReadOnlyList<LoadClock.Source> sources, IReadOnlyList<ThinkingQueue> thinking)
{
    private const long LongestWait = 10_000_000; // somebody may stop the run
    private const long LongestWaitBesideThinkers = 1_000_000; // somebody may begin to think

    private readonly ClockCounts _counts = new();
    private readonly Lock _gate = new();
    private Action<long> _record = static _ => { };
    private volatile bool _hasSentAll;

    /// <summary>Whether there is anything to do for it.</summary>
    public bool IsNeeded => sources.Count > 0 || thinking.Count > 0;

    /// <summary>Whether it has sent all that is ever due.</summary>
    public bool HasSentAll
    {
        get => _hasSentAll;
        private set => _hasSentAll = value;
    }

    /// <summary>Starts it.</summary>
    /// <param name="start">When loading began, as a timestamp.</param>
    public Task RunAsync(long start)
    {
        _record = lag => Record(lag, 1);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Run(start);
                ended.SetResult();
            }
            catch (Exception fault)
            {
                ended.SetException(fault);
            }
        })
        { IsBackground = true, Name = "Load clock", Priority = ThreadPriority.AboveNormal };
        thread.Start();
        return ended.Task;
    }

    /// <summary>Adds what it has counted since the last time to a sum: how late it was.</summary>
    public void DrainTo(ClockCounts sum)
    {
        lock (_gate)
        {
            sum.Add(_counts);
            _counts.Clear();
        }
    }

    /// <summary>Counts what was due by a time and that it has not come to; to be called when it has ended.</summary>
    /// <param name="start">When loading began, as a timestamp.</param>
    /// <param name="end">The time, in nanoseconds since then.</param>
    public void LeaveUntil(long start, long end)
    {
        foreach (var source in sources) source.LeaveUntil(end, at => run.After(start, at));
    }

    private void Run(long start)
    {
        using var wait = new PreciseWait();
        long[] due = [.. sources.Select(source => DueOf(source, start))];
        while (run.IsSending)
        {
            var wake = run.After(run.Now, thinking.Count > 0 ? LongestWaitBesideThinkers : LongestWait);
            foreach (var queue in thinking) wake = Math.Min(wake, queue.Release(run.Now, _record));

            // What has waited for longest is next: a source that never catches up takes its turns, and no other's.
            var first = 0;
            for (var i = 1; i < due.Length; i++) first = due[i] < due[first] ? i : first;
            HasSentAll = due.Length is 0 || due[first] is long.MaxValue;
            var now = run.Now;
            if (!HasSentAll && due[first] <= now)
            {
                var sent = sources[first].TrySend(due[first]);
                if (sent > 0) Record(run.Nanoseconds(due[first], now), sent);
                due[first] = DueOf(sources[first], start);
                continue;
            }

            wait.Wait(run.Nanoseconds(run.Now, HasSentAll ? wake : Math.Min(wake, due[first])));
        }
    }

    private long DueOf(Source source, long start) => source.NextAt is var at && at is LoadSchedule.Never ? long.MaxValue : run.After(start, at);

    private void Record(long lag, long count)
    {
        lock (_gate) _counts.SendLag.Record(lag, count);
    }

    /// <summary>What is due by the clock, of one flow.</summary>
    internal abstract class Source
    {
        /// <summary>When it is due next, in nanoseconds since loading began.</summary>
        public abstract long NextAt { get; }

        /// <summary>Sends what is due, and goes on to the next.</summary>
        /// <param name="due">When it was due, as a timestamp.</param>
        /// <returns>How many messages; what could not be sent is skipped.</returns>
        public abstract int TrySend(long due);

        /// <summary>Counts all that was due by a time and was not even tried.</summary>
        /// <param name="end">The time, in nanoseconds since loading began.</param>
        /// <param name="timestamp">Makes a timestamp out of such a time.</param>
        public abstract void LeaveUntil(long end, Func<long, long> timestamp);
    }
}
