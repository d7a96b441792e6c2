using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansEcho.Gateway.Admission;
using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Gateway.Connections;

/// <summary>The open connections of this process: what ticks their deadlines, asks them to close, and tells when all have ended.</summary>
internal sealed partial class ConnectionRegistry(ConnectionAdmission admission, CoarseClock clock, TimeProvider time, ILogger<ConnectionRegistry> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<ConnectionPump, Entry> _pumps = new();
    private readonly ConcurrentDictionary<AdmissionDecision, Action> _opening = new();
    private readonly Lock _emptyLock = new();
    private TaskCompletionSource? _empty;
    private int _count;
    private long _lastNumber;
    private int _closedBefore;
    private int _kept;

    public int Count => Volatile.Read(ref _count);

    public void Add(ConnectionPump pump, Action abort)
    {
        Interlocked.Increment(ref _count);
        _pumps.TryAdd(pump, new Entry(Interlocked.Increment(ref _lastNumber), abort));
    }

    /// <summary>A connection has been admitted and waits for its grain: its permit may become void meanwhile.</summary>
    public void AddOpening(AdmissionDecision admitted, Action abort) => _opening.TryAdd(admitted, abort);

    /// <summary>It waits no more.</summary>
    public void RemoveOpening(AdmissionDecision admitted) => _opening.TryRemove(admitted, out _);

    /// <summary>Its permit has been given back: only its grain has still to hear of its end.</summary>
    public void Release(ConnectionPump pump)
    {
        if (_pumps.TryGetValue(pump, out var entry)) entry.IsReleased = true;
    }

    public void Remove(ConnectionPump pump)
    {
        if (!_pumps.TryRemove(pump, out _)) return;
        if (Interlocked.Decrement(ref _count) is not 0) return;
        lock (_emptyLock) _empty?.TrySetResult();
    }

    /// <summary>Asks every connection to handle what has arrived and to end.</summary>
    public void RequestCloseAll()
    {
        foreach (var (pump, _) in _pumps) pump.RequestClose();
    }

    /// <summary>Waits until no connection is open; false when the time is up before.</summary>
    public async Task<bool> WaitUntilEmptyAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        Task empty;
        lock (_emptyLock)
        {
            if (Count is 0) return true;
            if (_empty is null or { Task.IsCompleted: true }) _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
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
        Meet(admission.CheckQuota());
    }

    private void Meet(QuotaDemand demand)
    {
        foreach (var (admitted, abort) in _opening)
        {
            if (admitted.Generation < demand.CloseBefore) abort();
        }

        var lost = 0;
        foreach (var (pump, entry) in _pumps)
        {
            if (pump.Generation >= demand.CloseBefore) continue;
            lost++;
            pump.RequestClose(CloseReason.QuotaLost);
            if (pump.Generation < demand.AbortBefore) entry.Abort(); // it waits for its peer or for a silo
        }

        if (demand.CloseBefore > _closedBefore && lost > 0) Log.LeaseEnded(logger, lost);
        if (demand.KeptWithoutLease > 0 && _kept is 0) Log.Kept(logger, demand.KeptWithoutLease);
        if (demand.KeptWithoutLease is 0 && _kept > 0) Log.Covered(logger);
        (_closedBefore, _kept) = (demand.CloseBefore, demand.KeptWithoutLease);
        if (demand.CloseDownTo is not { } rest || Count <= rest) return;
        foreach (var (pump, _) in _pumps.Where(p => !p.Value.IsReleased).OrderBy(p => p.Value.Number).Skip(rest)) pump.RequestClose(CloseReason.QuotaLowered);
    }

    private sealed class Entry(long number, Action abort)
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
        [LoggerMessage(2031, LogLevel.Warning, "The quota has not renewed this gateway's lease: its {Count} connections are closed with QuotaLost (Quota:Policy=strict).")]
        public static partial void LeaseEnded(ILogger logger, int count);

        [LoggerMessage(2032, LogLevel.Warning, "The quota has not renewed this gateway's lease: its {Count} connections stay (Quota:Policy=available), and the cluster may hold more than its limit.")]
        public static partial void Kept(ILogger logger, int count);

        [LoggerMessage(2033, LogLevel.Information, "No connection is without a lease any more.")]
        public static partial void Covered(ILogger logger);
    }
}
