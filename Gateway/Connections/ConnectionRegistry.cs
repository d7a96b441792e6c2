using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Connections;

/// <summary>The open connections of this process: what ticks their deadlines, asks them to close, and tells when all have ended.</summary>
internal sealed partial class ConnectionRegistry(
    ConnectionAdmission admission, CoarseClock clock, BufferBudget budget, TimeProvider time,
    ILogger<ConnectionRegistry> logger) : BackgroundService
{
    // Echoes that a peer takes are on their way within milliseconds, and a busy machine's within a few hundred.
    private static readonly TimeSpan ClosesWithin = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ConnectionPump, TrackedPump> _pumps = new();
    private readonly ConcurrentDictionary<AdmissionDecision, Action> _opening = new();
    private readonly ConcurrentDictionary<(CancellationToken Abort, int Generation), CancellationTokenSource> _waits = new();
    private readonly BufferRelief _relief = new(budget, time, logger);
    private readonly Lock _emptyLock = new();
    private TaskCompletionSource? _empty;
    private int _count;
    private long _lastNumber;
    private int _closedBefore;
    private int _kept;
    private volatile bool _closesAll;
    private long _closingSince; // 0 before

    /// <summary>How many connections there are: open, or waiting for their grain.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Add(ConnectionPump pump, Action abort)
    {
        Interlocked.Increment(ref _count);
        _pumps.TryAdd(pump, new TrackedPump(Interlocked.Increment(ref _lastNumber), abort));
        if (_closesAll) pump.RequestClose(); // the others have been asked while this one was opening
    }

    /// <summary>
    /// What a connection waits for the cluster with: cancelled when it is aborted, and when its permit is about to become void. All
    /// connections of a listener whose permits are of one generation share it, so that none costs anything.
    /// </summary>
    /// <param name="admitted">Its right to go on.</param>
    /// <param name="abort">Its listener aborts its connections.</param>
    public CancellationToken WaitToken(AdmissionDecision admitted, CancellationToken abort) =>
        _waits.GetOrAdd((abort, admitted.Generation), static key => CancellationTokenSource.CreateLinkedTokenSource(key.Abort)).Token;

    /// <summary>
    /// A connection has been admitted and waits for its grain: its permit may become void meanwhile, and a drain
    /// leaves it as much time as the open ones.
    /// </summary>
    public void AddOpening(AdmissionDecision admitted, Action abort)
    {
        Interlocked.Increment(ref _count);
        _opening.TryAdd(admitted, abort);
    }

    /// <summary>It waits no more.</summary>
    public void RemoveOpening(AdmissionDecision admitted)
    {
        if (_opening.TryRemove(admitted, out _)) CountOneLess();
    }

    /// <summary>Its permit has been given back: only its grain has still to hear of its end.</summary>
    public void Release(ConnectionPump pump)
    {
        if (_pumps.TryGetValue(pump, out var entry)) entry.IsReleased = true;
    }

    public void Remove(ConnectionPump pump)
    {
        if (_pumps.TryRemove(pump, out _)) CountOneLess();
    }

    /// <summary>
    /// How many connections are still open a second after all were asked to close: what a peer that reads needs is milliseconds.
    /// </summary>
    public int Overdue => Volatile.Read(ref _closingSince) is not 0 and var since && time.GetElapsedTime(since) >= ClosesWithin ? Count : 0;

    /// <summary>Asks every connection to handle what has arrived and to end; those that open from now on, too.</summary>
    public void RequestCloseAll()
    {
        Volatile.Write(ref _closingSince, Math.Max(1, time.GetTimestamp()));
        _closesAll = true;
        foreach (var (pump, _) in _pumps) pump.RequestClose();
    }

    /// <summary>Waits until no connection is open; false when the time is up before.</summary>
    public async Task<bool> WaitUntilEmptyAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        Task empty;
        lock (_emptyLock)
        {
            if (Count is 0) return true;
            if (_empty is null or { Task.IsCompleted: true })
            {
                _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            empty = _empty.Task;
        }

        try
        {
            await empty.WaitAsync(timeout, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(CoarseClock.Resolution, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) CheckAll();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops: it has drained before.
        }
    }

    /// <summary>Ends what is overdue, or must close for the quota.</summary>
    internal void CheckAll()
    {
        clock.Tick();
        foreach (var (pump, _) in _pumps) pump.CheckDeadline();
        _relief.Tick(_pumps.Select(static open => open.Key));
        Meet(admission.CheckQuota());
    }

    private static async Task EndAsync(CancellationTokenSource wait)
    {
        await wait.CancelAsync(); // on the thread pool: thousands may go on then, and the ticker has others to see to
        wait.Dispose();
    }

    private void CountOneLess()
    {
        if (Interlocked.Decrement(ref _count) is not 0) return;
        lock (_emptyLock) _empty?.TrySetResult();
    }

    private void Meet(QuotaDemand demand)
    {
        foreach (var (key, wait) in _waits)
        {
            if (key.Generation < demand.GiveUpBefore && _waits.TryRemove(key, out _)) _ = EndAsync(wait);
        }

        foreach (var (admitted, abort) in _opening)
        {
            if (admitted.Generation < demand.AbortBefore) abort();
        }

        var lost = 0;
        foreach (var (pump, entry) in _pumps)
        {
            if (pump.Generation >= demand.CloseBefore) continue;
            lost++;
            pump.RequestClose(CloseReason.QuotaLost);
            if (pump.Generation < demand.AbortBefore) entry.Abort(); // it waits for its peer, or for a silo that has not been given up
        }

        if (demand.CloseBefore > _closedBefore && lost > 0) Log.LeaseEnded(logger, lost);
        if (demand.KeptWithoutLease > 0 && _kept is 0) Log.Kept(logger, demand.KeptWithoutLease);
        if (demand.KeptWithoutLease is 0 && _kept > 0) Log.Covered(logger);
        (_closedBefore, _kept) = (demand.CloseBefore, demand.KeptWithoutLease);
        if (demand.CloseDownTo is not { } rest || Count <= rest) return;
        foreach (var (pump, _) in _pumps.Where(p => !p.Value.IsReleased).OrderBy(p => p.Value.Number).Skip(rest))
        {
            pump.RequestClose(CloseReason.QuotaLowered);
        }
    }

    private sealed class TrackedPump(long number, Action abort)
    {
        private volatile bool _isReleased;

        public long Number => number;

        public Action Abort => abort;

        public bool IsReleased
        {
            get => _isReleased;
            set => _isReleased = value;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2031, LogLevel.Warning,
            "The quota has not renewed this gateway's lease: its {Count} connections are closed with QuotaLost (Quota:Policy=strict).")]
        public static partial void LeaseEnded(ILogger logger, int count);

        [LoggerMessage(2032, LogLevel.Warning,
            "The quota has not renewed this gateway's lease: its {Count} connections stay (Quota:Policy=available), and the cluster may "
            + "hold more than its limit.")]
        public static partial void Kept(ILogger logger, int count);

        [LoggerMessage(2033, LogLevel.Information, "No connection is without a lease any more.")]
        public static partial void Covered(ILogger logger);
    }
}
