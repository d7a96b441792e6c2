using OrleansEcho.LoadTest.Load.Measuring;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Load;

/// <summary>The thread that sends what is due by the clock: open loops, bursts, trickles, and what was thought about for long enough.</summary>
internal sealed class LoadClock(RunContext run, IReadOnlyList<LoadClock.Source> sources, IReadOnlyList<ThinkingQueue> thinking)
{
    private const long LongestWait = 1_000_000; // somebody may begin to think, or stop the run

    private readonly ClockCounts _counts = new();
    private readonly Lock _gate = new();
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
        while (run.IsSending)
        {
            var due = long.MaxValue;
            foreach (var source in sources) due = Math.Min(due, Send(source, start));
            HasSentAll = due is long.MaxValue;
            var next = Math.Min(due, run.After(run.Now, LongestWait));
            foreach (var queue in thinking) next = Math.Min(next, queue.Release(run.Now));
            wait.Wait(run.Nanoseconds(run.Now, next));
        }
    }

    private long Send(Source source, long start)
    {
        while (run.IsSending)
        {
            var at = source.NextAt;
            if (at is LoadSchedule.Never) return long.MaxValue;
            var due = run.After(start, at);
            var now = run.Now;
            if (due > now) return due;
            var sent = source.TrySend(due);
            lock (_gate)
            {
                if (sent > 0) LatencyRecorder.Record(_counts.SendLag, run.Nanoseconds(due, now));
            }
        }

        return long.MaxValue;
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
