using OrleansEcho.Gateway.Admission.Quota;
using OrleansEcho.Gateway.Tests.Fakes;

namespace OrleansEcho.Gateway.Tests.Admission.Quota;

public sealed class AskAlarmTests
{
    private readonly WatchedTime _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task APartOfAMillisecondIsWaitedForOnce()
    {
        var alarm = new AskAlarm(_time).SetAsync(TimeSpan.FromMicroseconds(10_300), TimeSpan.Zero, Stop);

        Assert.Equal(TimeSpan.FromMilliseconds(11), await _time.NextTimerAsync());
        Assert.False(alarm.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(11));
        await alarm.WithinAsync("the alarm");
    }

    [Fact]
    public async Task ItGoesOffSooner_AndEndsWithItsOwner()
    {
        var alarm = new AskAlarm(_time);
        var sooner = alarm.SetAsync(TimeSpan.FromSeconds(5), TimeSpan.Zero, Stop);
        alarm.Move(TimeSpan.FromSeconds(6));
        Assert.False(sooner.IsCompleted);
        alarm.Move(TimeSpan.FromSeconds(1));
        await sooner.WithinAsync("the alarm that was moved");

        using var stop = new CancellationTokenSource();
        var never = alarm.SetAsync(TimeSpan.MaxValue, TimeSpan.Zero, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never.WithinAsync("the end"));
    }
}
