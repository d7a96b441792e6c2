using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace OrleansEcho.Gateway.Tests.Fakes;

/// <summary>Fake time that tells when somebody begins to wait, so that a test does not move it before.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits until somebody waits, and answers with how long.</summary>
    public Task<TimeSpan> NextTimerAsync() =>
        _timers.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithinAsync("somebody to wait for a time");
}
