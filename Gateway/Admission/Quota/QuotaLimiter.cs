using System.Threading.RateLimiting;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Grains.Interfaces.Quota;

namespace OrleansEcho.Gateway.Admission.Quota;

/// <summary>
/// The <see cref="PermitPool"/> as a <see cref="RateLimiter"/>, for many threads: admits out of the permits that this gateway holds, and
/// lets connections wait for more where there is hope. How many may wait is not its concern: each has a place in this process already.
/// </summary>
internal sealed class QuotaLimiter : RateLimiter
{
    private static readonly PermitRefusal Exceeded = new(RejectReason.QuotaExceeded);
    private static readonly PermitRefusal Unavailable = new(RejectReason.QuotaUnavailable);

    // Until it is known whether there is a limit, the silo's renewal interval is not known either: as long as a connection's opening may take.
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);

    // A connection that is to be aborted at its lease's end is aborted by a ticker, which may come this late.
    private static readonly TimeSpan AbortEarly = TimeSpan.FromMilliseconds(300);

    // A connection that waits for a silo until here still has two rounds of the ticker to be told why it is closed.
    private static readonly TimeSpan GiveUpEarly = TimeSpan.FromMilliseconds(800);

    private readonly Lock _lock = new();
    private readonly PermitPool _pool;
    private readonly TimeSpan? _wait;
    private readonly TimeProvider _time;
    private readonly LinkedList<TaskCompletionSource<RateLimitLease>> _waiting = new();
    private readonly AskAlarm _alarm;
    private PermitLease _lease;
    private long _acquired;
    private long _refused;
    private long _voidAt = long.MaxValue;

    /// <summary>Puts a pool to use.</summary>
    /// <param name="pool">The pool; nobody else may touch it any more.</param>
    /// <param name="wait">How long a connection waits for a permit; null for one renewal interval, and for 5 s before the first answer.</param>
    /// <param name="time">The clock.</param>
    public QuotaLimiter(PermitPool pool, TimeSpan? wait, TimeProvider time)
    {
        (_pool, _wait, _time, _alarm) = (pool, wait, time, new AskAlarm(time));
        _lease = new PermitLease(this, pool.Generation);
    }

    public override TimeSpan? IdleDuration => null;

    /// <summary>How often the quota wants to hear of this gateway.</summary>
    public TimeSpan Renew
    {
        get
        {
            lock (_lock) return _pool.Renew;
        }
    }

    /// <summary>How long the lease lasts, unless it is renewed; null without one.</summary>
    public TimeSpan? LeaseLeft
    {
        get
        {
            lock (_lock) return _pool.LeaseLeft(Now);
        }
    }

    /// <summary>What the pool holds now.</summary>
    public (int Held, int Open, bool IsUnlimited, QuotaDenial Denial) State
    {
        get
        {
            lock (_lock) return (_pool.Held, _pool.Open, _pool.IsUnlimited, _pool.Denial);
        }
    }

    /// <summary>Whether it is known if there is a limit.</summary>
    public bool IsLimitKnown
    {
        get
        {
            lock (_lock) return _pool.IsLimitKnown;
        }
    }

    /// <summary>Whether nobody can be admitted because the quota does not say what is free, and not because nothing is.</summary>
    public bool IsCutOff
    {
        get
        {
            lock (_lock) return _pool.IsCutOff(Now);
        }
    }

    public override RateLimiterStatistics GetStatistics()
    {
        lock (_lock)
        {
            return new RateLimiterStatistics
            {
                CurrentAvailablePermits = _pool.IsUnlimited ? int.MaxValue : Math.Max(0, _pool.Held - _pool.Open),
                CurrentQueuedCount = _waiting.Count,
                TotalSuccessfulLeases = _acquired,
                TotalFailedLeases = _refused,
            };
        }
    }

    /// <summary>Whether the permits of a generation are void now: exact, whoever was frozen in between.</summary>
    public bool IsVoid(int generation)
    {
        // Read in the opposite order to how Publish writes them: whoever sees that there is no end any more sees the new generation, too.
        var voidAt = Volatile.Read(ref _voidAt);
        return generation < Volatile.Read(ref _lease).Generation || (voidAt is not long.MaxValue && _time.GetTimestamp() >= voidAt);
    }

    /// <summary>Lets the lease end when it is time.</summary>
    /// <returns>Which connections must go.</returns>
    public QuotaDemand Tick()
    {
        lock (_lock)
        {
            var now = Now;
            _pool.Tick(now);
            Publish();
            return new QuotaDemand(_pool.Generation, GenerationAt(GiveUpEarly), GenerationAt(AbortEarly), _pool.CloseDownTo, _pool.KeptWithoutLease(now));

            int GenerationAt(TimeSpan early) => _pool.VoidAt == TimeSpan.MaxValue || now >= _pool.VoidAt - early ? _pool.Generation : 0;
        }
    }

    /// <summary>The next request, when it is due.</summary>
    public LeaseRequest? TryBeginRequest()
    {
        lock (_lock)
        {
            var now = Now;
            if (now < _pool.NextAskAt(_waiting.Count)) return null;
            var request = _pool.BeginRequest(now, _waiting.Count);
            Publish();
            return request;
        }
    }

    /// <summary>Everything back: the gateway stops.</summary>
    public LeaseRequest Finish()
    {
        lock (_lock)
        {
            var request = _pool.Finish();
            Publish();
            return request;
        }
    }

    /// <summary>Takes a reply.</summary>
    public void Receive(LeaseReply reply)
    {
        lock (_lock)
        {
            _pool.Receive(reply, Now);
            Publish();
            ServeWaiting();
            DismissWaiting();
        }
    }

    /// <summary>There was no reply.</summary>
    public void Fail()
    {
        lock (_lock)
        {
            _pool.Fail(Now);
            Publish();
            ServeWaiting();
            DismissWaiting();
        }
    }

    /// <summary>Waits until a request may be due.</summary>
    public async Task WaitUntilDueAsync(CancellationToken cancellationToken)
    {
        Task due;
        lock (_lock) due = _alarm.SetAsync(_pool.NextAskAt(_waiting.Count), Now, cancellationToken);
        await due;
    }

    internal void Release(int generation)
    {
        lock (_lock)
        {
            _pool.Release(generation);
            ServeWaiting();
        }
    }

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permitCount, 1);
        lock (_lock)
        {
            if (permitCount is 0) return _pool.IsUnlimited || _pool.Held > _pool.Open ? new NoPermit() : Refuse(countsAsDemand: false);
            if (TryTake(Now) is { } lease) return lease;
            return Refuse(countsAsDemand: true);
        }
    }

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(permitCount, 1);
        LinkedListNode<TaskCompletionSource<RateLimitLease>> place;
        TimeSpan wait;
        lock (_lock)
        {
            if (_waiting.Count is 0 && TryTake(Now) is { } lease) return lease;
            wait = _wait ?? (_pool.IsLimitKnown ? _pool.Renew : FirstWait);
            if (wait == TimeSpan.Zero || !IsWorthWaiting()) return Refuse(countsAsDemand: true);
            place = _waiting.AddLast(new TaskCompletionSource<RateLimitLease>(TaskCreationOptions.RunContinuationsAsynchronously));
            AskSoonerIfDue(Now);
        }

        try
        {
            return await place.Value.Task.WaitAsync(wait, _time, cancellationToken);
        }
        catch (Exception fault) when (fault is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                if (place.List is not null)
                {
                    _waiting.Remove(place);
                    if (fault is TimeoutException) return Refuse(countsAsDemand: true);
                    throw;
                }
            }

            var late = await place.Value.Task; // served at the same moment
            if (fault is TimeoutException) return late;
            late.Dispose();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            foreach (var waiting in _waiting) waiting.TrySetResult(Unavailable);
            _waiting.Clear();
        }

        base.Dispose(disposing);
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    private PermitLease? TryTake(TimeSpan now)
    {
        if (!_pool.TryAcquire(now)) return null;
        _acquired++;
        if (_lease.Generation != _pool.Generation) Publish();
        AskSoonerIfDue(now);
        return _lease;
    }

    private PermitRefusal Refuse(bool countsAsDemand)
    {
        _refused++;
        if (countsAsDemand)
        {
            _pool.NoteRefusal();
            AskSoonerIfDue(Now);
        }

        return _pool.Outlook is PermitOutlook.Unavailable or PermitOutlook.Unanswered ? Unavailable : Exceeded;
    }

    private void ServeWaiting()
    {
        var now = Now;
        while (_waiting.First is { } first && TryTake(now) is { } lease)
        {
            _waiting.Remove(first);
            first.Value.SetResult(lease);
        }

        AskSoonerIfDue(now);
    }

    // The quota has spoken: who waits in vain is told so.
    private void DismissWaiting()
    {
        if (_pool.Outlook is PermitOutlook.Soon or PermitOutlook.Unanswered) return;
        while (_waiting.First is { } first)
        {
            _waiting.Remove(first);
            first.Value.SetResult(Refuse(countsAsDemand: true));
        }
    }

    // What it said last may not be true any more: when it is being asked, or is to be asked at once, the answer comes in a moment.
    private bool IsWorthWaiting() => _pool.Outlook is PermitOutlook.Soon or PermitOutlook.Unanswered || _pool.IsAsking || _pool.NextAskAt(_waiting.Count + 1) <= Now;

    // What other threads read without the lock.
    private void Publish()
    {
        if (_lease.Generation != _pool.Generation) Volatile.Write(ref _lease, new PermitLease(this, _pool.Generation));
        var voidAt = _pool.VoidAt;
        Volatile.Write(ref _voidAt, voidAt == TimeSpan.MaxValue ? long.MaxValue : (long)(voidAt.TotalSeconds * _time.TimestampFrequency));
    }

    private void AskSoonerIfDue(TimeSpan now)
    {
        if (_alarm.IsSet(now)) _alarm.Move(_pool.NextAskAt(_waiting.Count));
    }
}
