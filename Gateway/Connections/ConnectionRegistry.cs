using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;

namespace OrleansEcho.Gateway.Connections;

/// <summary>The open connections of this process: what ticks their deadlines, asks them to close, and tells when all have ended.</summary>
internal sealed class ConnectionRegistry(CoarseClock clock, TimeProvider time) : BackgroundService
{
    private readonly ConcurrentDictionary<ConnectionPump, byte> _pumps = new();
    private readonly Lock _emptyLock = new();
    private TaskCompletionSource? _empty;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(ConnectionPump pump)
    {
        Interlocked.Increment(ref _count);
        _pumps.TryAdd(pump, 0);
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
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                clock.Tick();
                foreach (var (pump, _) in _pumps) pump.CheckDeadline();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops: it has drained before.
        }
    }
}
