using CsCheck;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Gateway.Connections;

namespace OrleansEcho.Gateway.Tests.Connections;

public sealed class CoarseClockTests
{
    [Fact]
    public void ADeadlineFiresNeverEarlyAndLessThanTwoTicksLate() =>
        Gen.Select(Gen.Int[1, 5000], Gen.Int[0, 249]).Sample((timeout, sinceTick) =>
        {
            var time = new FakeTimeProvider();
            var clock = new CoarseClock(time);
            time.Advance(TimeSpan.FromMilliseconds(sinceTick));
            var armed = time.GetTimestamp();
            var deadline = clock.After(TimeSpan.FromMilliseconds(timeout));
            time.Advance(CoarseClock.Resolution - TimeSpan.FromMilliseconds(sinceTick));
            clock.Tick();
            while (clock.Now < deadline)
            {
                time.Advance(CoarseClock.Resolution);
                clock.Tick();
            }

            var late = time.GetElapsedTime(armed) - TimeSpan.FromMilliseconds(timeout);
            Assert.InRange(late, TimeSpan.Zero, (2 * CoarseClock.Resolution) - TimeSpan.FromTicks(1));
        });

    [Fact]
    public void ItStandsStillBetweenTicks()
    {
        var time = new FakeTimeProvider();
        var clock = new CoarseClock(time);
        var before = clock.Now;

        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(before, clock.Now);
        clock.Tick();

        Assert.Equal(time.GetTimestamp(), clock.Now);
    }

    [Fact]
    public void NoTimeoutIsNever() => Assert.Equal(long.MaxValue, new CoarseClock(new FakeTimeProvider()).After(TimeSpan.Zero));
}
