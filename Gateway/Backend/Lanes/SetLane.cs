using System.Diagnostics.CodeAnalysis;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Lanes;

namespace OrleansEcho.Gateway.Backend.Lanes;

/// <summary>
/// The sets of many connections on their way to one silo (docs/adr/0016-sets-travel-together.md). On an idle line a set goes at
/// once, and alone. While one is under way, those that have come with it go together; and while two calls are, what comes waits
/// for one of them to return, and goes with all that has come meanwhile. So the busier the line, the more travel together, and
/// the less each costs. Safe for any thread.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "It lives as long as its link, which is not disposed of; its timer is armed only while sets wait.")]
internal sealed class SetLane
{
    /// <summary>How many calls are out at most: while the silo answers one, the next is on its way.</summary>
    public const int MaxCalls = 2;

    /// <summary>How many sets travel together at most: the silo takes a millisecond to hand so many on.</summary>
    public const int MaxSets = 512;

    /// <summary>
    /// How many bytes travel together at most, if it is not one set alone: half of it made 1 KiB messages dearer, and more made
    /// nothing cheaper (docs/experiments.md).
    /// </summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>
    /// How long sets wait for calls that do not return (a grain that takes its time, a silo that stands still): then they go all the same.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    private readonly ILane _end;
    private readonly bool _isLocal;
    private readonly TimeProvider _time;
    private readonly CancellationToken _lost;
    private readonly ITimer _timer;
    private readonly Start _start;
    private readonly Lock _lock = new();
    private readonly Queue<QueuedSet> _waiting = new();
    private readonly HashSet<Load> _underWay = [];
    private int _calls; // out, and not given up
    private int _overdue; // out, and not counted any more
    private long _waitsSince;
    private bool _starts;
    private bool _isTimed;
    private bool _isLost;

    /// <summary>A lane into a silo.</summary>
    /// <param name="end">Its other end.</param>
    /// <param name="time">The time.</param>
    /// <param name="lost">The silo is lost: no answer comes any more.</param>
    /// <param name="isLocal">The silo is in this process: nothing goes by itself, because a call would cost more than the lane.</param>
    public SetLane(ILane end, TimeProvider time, CancellationToken lost, bool isLocal = false)
    {
        (_end, _time, _lost, _isLocal, _start) = (end, time, lost, isLocal, new Start(this));
        _timer = time.CreateTimer(
            static lane => ((SetLane)lane!).LookAtWaiting(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lost.UnsafeRegister(static lane => ((SetLane)lane!).Lose(), this);
    }

    /// <summary>
    /// Whether the line is idle, so that a set may go by itself, without the lane's grain between. If so, <see cref="Return"/> is due.
    /// </summary>
    public bool TryGoAlone()
    {
        if (_isLocal) return false;
        lock (_lock)
        {
            if (_calls > 0 || _waiting.Count > 0 || _isLost) return false;
            _calls++;
            return true;
        }
    }

    /// <summary>A set that went alone is back.</summary>
    public void Return()
    {
        Load? load;
        lock (_lock) load = Next();
        if (load is not null) _ = CarryAsync(load);
    }

    /// <summary>Sends a set, an opening or a closing with others'.</summary>
    /// <returns>Its answer; or that its grain is not open, or late.</returns>
    /// <exception cref="OperationCanceledException">The silo is lost.</exception>
    /// <exception cref="Exception">What the call that carried it ended with.</exception>
    public ValueTask<BatchedSet> SendAsync(PendingSet pending, in BatchedSet part)
    {
        var starts = false;
        lock (_lock)
        {
            if (_isLost) return ValueTask.FromCanceled<BatchedSet>(_lost);
            _waiting.Enqueue(new(pending, pending.Begin(part)));
            if (_waiting.Count is 1) BeginToWait();
            if (_calls < MaxCalls && !_starts) starts = _starts = true;
        }

        if (starts) Post();
        return pending.WaitAsync();
    }

    /// <summary>Waits for the answer to a set that was late.</summary>
    public ValueTask<MessageSet?> CollectAsync(long connection, long sequence) => _end.CollectAsync(connection, sequence);

    // After all that has been read with it: at the end of the thread's round.
    private void Post()
    {
        try
        {
            if (SocketThread.Current is { } thread) thread.Add(_start); // from itself, so that it need not be called
            else ThreadPool.UnsafeQueueUserWorkItem(_start, preferLocal: false);
        }
        catch (OutOfMemoryException)
        {
            lock (_lock) _starts = false; // the timer starts those that wait
        }
    }

    private void StartWaiting()
    {
        Load? load = null;
        lock (_lock)
        {
            _starts = false;
            if (_calls < MaxCalls && _waiting.Count > 0 && !_isLost)
            {
                _calls++;
                load = Take();
                if (load is null) _calls--;
            }
        }

        if (load is not null) _ = CarryAsync(load);
    }

    /// <summary>
    /// Carries a load there and back, and whatever waits then. It does not fail: what a call ends with is what its sets end with.
    /// </summary>
    private async Task CarryAsync(Load? load)
    {
        while (load is not null)
        {
            SetBatch? answers = null;
            Exception? fault = null;
            try
            {
                answers = await _end.EchoAsync(load.Batch);
                if (answers.Count != load.Sets.Length)
                {
                    fault = new InvalidOperationException($"{load.Sets.Length} sets were answered with {answers.Count}.");
                }
            }
            catch (Exception failure)
            {
                fault = failure;
            }

            Load? next;
            lock (_lock)
            {
                _underWay.Remove(load);
                next = Next();
            }

            load.Deliver(answers, fault);
            load = next;
        }
    }

    /// <summary>A call has returned: what goes in its place; null when nothing does. Under the lock.</summary>
    private Load? Next()
    {
        if (_overdue > 0)
        {
            _overdue--;
            return null;
        }

        if (_waiting.Count > 0 && !_isLost && Take() is { } load) return load;
        _calls--;
        return null;
    }

    /// <summary>Takes what travels together next; null when there is no memory for it now: then it waits on. Under the lock.</summary>
    private Load? Take()
    {
        try
        {
            return TakeUnlessOutOfMemory();
        }
        catch (OutOfMemoryException)
        {
            WakeAfter(Patience);
            return null;
        }
    }

    private Load TakeUnlessOutOfMemory()
    {
        var (count, bytes) = (0, 0L);
        foreach (var waiting in _waiting)
        {
            bytes += waiting.Pending.Part.Set?.Bytes.Length ?? 0;
            if (count == MaxSets || (count > 0 && bytes > MaxBytes)) break;
            count++;
        }

        var sets = new QueuedSet[count];
        var taken = 0;
        foreach (var waiting in _waiting)
        {
            if (taken == count) break;
            sets[taken++] = waiting;
        }

        var load = new Load(sets);
        _underWay.Add(load);
        for (var i = 0; i < count; i++) _waiting.Dequeue(); // now that nothing can fail any more
        if (_waiting.Count > 0) BeginToWait();
        return load;
    }

    private void BeginToWait()
    {
        _waitsSince = _time.GetTimestamp();
        if (!_isTimed) WakeAfter(Patience);
    }

    private void WakeAfter(TimeSpan time)
    {
        _isTimed = true;
        _timer.Change(time, Timeout.InfiniteTimeSpan);
    }

    private void LookAtWaiting()
    {
        Load? load = null;
        lock (_lock)
        {
            _isTimed = false;
            if (_waiting.Count is 0 || _isLost) return;
            var rest = Patience - _time.GetElapsedTime(_waitsSince);
            if (rest > TimeSpan.Zero)
            {
                WakeAfter(rest);
                return;
            }

            load = Take();
            if (load is null) return;
            _overdue++; // one of those that are out; whichever returns first
        }

        _ = CarryAsync(load);
    }

    private void Lose()
    {
        Load[] given;
        lock (_lock)
        {
            _isLost = true;
            given = [.. _underWay, new Load([.. _waiting])];
            _waiting.Clear();
            _underWay.Clear();
        }

        var fault = new OperationCanceledException(_lost);
        foreach (var load in given) load.Deliver(null, fault);
    }

    private readonly record struct QueuedSet(PendingSet Pending, int Round);

    private sealed class Start(SetLane lane) : IThreadPoolWorkItem
    {
        public void Execute() => lane.StartWaiting();
    }

    /// <summary>What travels in one call.</summary>
    private sealed class Load(QueuedSet[] sets)
    {
        public QueuedSet[] Sets => sets;

        public SetBatch Batch { get; } = new(Array.ConvertAll(sets, static w => w.Pending.Part));

        /// <summary>Gives each connection its answer, or all of them the fault; each goes on where its socket is.</summary>
        public void Deliver(SetBatch? answers, Exception? fault)
        {
            SocketThread? home = null;
            for (var i = 0; i < sets.Length; i++)
            {
                var (pending, round) = sets[i];
                if (!pending.TryEnd(round, fault is null ? answers![i] : default, fault)) continue;
                if (!TryHandOver(pending)) pending.Execute(); // here: the others' answers must not be lost with its own
                if (pending.Home is not { } its || its == home) continue;
                home?.Ring();
                home = its;
            }

            home?.Ring();
        }

        // False where there is no memory for it.
        private static bool TryHandOver(PendingSet pending)
        {
            try
            {
                if (pending.Home is { } home) home.Add(pending);
                else ThreadPool.UnsafeQueueUserWorkItem(pending, preferLocal: false);
                return true;
            }
            catch (OutOfMemoryException)
            {
                return false;
            }
        }
    }
}
