namespace OrleansEcho.Gateway.Admission.Quota;

/// <summary>Wakes the one who asks the quota: at the time of the next request, or sooner when that has changed. For whoever holds its owner's lock.</summary>
internal sealed class AskAlarm(TimeProvider time)
{
    private TaskCompletionSource _sooner = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _at = TimeSpan.MinValue;

    /// <summary>Whether it has still to go off: otherwise whoever asks is awake already.</summary>
    public bool IsSet(TimeSpan now) => _at > now;

    /// <summary>Sets it.</summary>
    /// <returns>Ends when it goes off; to be waited for without the lock.</returns>
    public Task SetAsync(TimeSpan at, TimeSpan now, CancellationToken cancellationToken)
    {
        _at = at;
        if (at <= now) return Task.CompletedTask;
        _sooner = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return WaitAsync(_sooner, at == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : WholeMilliseconds(at - now), cancellationToken);
    }

    /// <summary>The next request is to be at another time: when that is sooner, it goes off.</summary>
    public void Move(TimeSpan at)
    {
        if (at >= _at) return;
        _at = at;
        _sooner.TrySetResult();
    }

    // A timer takes whole milliseconds: of a part of one it would make none, and go off again and again until it has passed.
    private static TimeSpan WholeMilliseconds(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));

    // By a timer, not by WaitAsync's time-out: that is an exception, and here it is the rule.
    private async Task WaitAsync(TaskCompletionSource sooner, TimeSpan wait, CancellationToken cancellationToken)
    {
        await using var timer = time.CreateTimer(static alarm => ((TaskCompletionSource)alarm!).TrySetResult(), sooner, wait, Timeout.InfiniteTimeSpan);
        await sooner.Task.WaitAsync(cancellationToken);
    }
}
