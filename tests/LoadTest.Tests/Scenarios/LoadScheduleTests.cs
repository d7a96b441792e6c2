using System.Numerics;
using CsCheck;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Scenarios;

public sealed class LoadScheduleTests
{
    private const long Second = 1_000_000_000;

    // From a single tick to a day, from nothing to the highest rate, with rates that no double is exact for.
    private static readonly Gen<LoadStage> Stage =
        from ticks in Gen.OneOf(Gen.Long[1, 1000], Gen.Long[1, TimeSpan.TicksPerMinute], Gen.Long[1, TimeSpan.TicksPerDay])
        from rate in Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 10], Gen.Double[0, 1e5], Gen.Double[0, LoadSchedule.MaxRate], Gen.Const(LoadSchedule.MaxRate))
        from connections in Gen.Int[1, 100_000]
        from step in Gen.Bool
        select new LoadStage(new TimeSpan(ticks), connections, rate, step);

    private static readonly Gen<(LoadStage[] Stages, TimeSpan Warmup)> Stages = Gen.Select(
        Stage.Array[1, 8], Gen.OneOf(Gen.Const(TimeSpan.Zero), Gen.Long[1, TimeSpan.TicksPerDay].Select(ticks => new TimeSpan(ticks))));

    [Fact]
    public void MessageIsDue_AtTheFirstNanosecondAtWhichTheCountIsBeyondIt() =>
        Gen.Select(Stages, Gen.Double.Unit).Sample((plan, where) =>
        {
            var schedule = new LoadSchedule(plan.Stages, plan.Warmup);
            if (schedule.Total is 0) return schedule.TimeOf(0) is LoadSchedule.Never;
            var number = Math.Min((long)(where * schedule.Total), schedule.Total - 1);
            var time = schedule.TimeOf(number);
            return schedule.Due(time) > number && (time is 0 || schedule.Due(time - 1) <= number)
                && (number is 0 || schedule.TimeOf(number - 1) <= time);
        }, iter: 20_000);

    [Fact]
    public void Count_IsTheIntegralOfTheRate() =>
        Gen.Select(Stages, Gen.Double.Unit).Sample((plan, where) =>
        {
            var schedule = new LoadSchedule(plan.Stages, plan.Warmup);
            var time = (long)(where * schedule.Duration);
            return schedule.Due(time) == Integral(plan.Stages, plan.Warmup, time);
        }, iter: 20_000);

    [Fact]
    public void EndIsWhereTheLastMessageIs()
    {
        Stages.Sample(plan =>
        {
            var schedule = new LoadSchedule(plan.Stages, plan.Warmup);
            return schedule.Total == schedule.Due(schedule.Duration) && schedule.Total == schedule.Due(long.MaxValue) && schedule.Due(0) is 0
                && schedule.TimeOf(schedule.Total) is LoadSchedule.Never
                && (schedule.Total is 0 || schedule.TimeOf(schedule.Total - 1) <= schedule.Duration);
        }, iter: 2_000);
        Assert.Equal(LoadSchedule.Never, new LoadSchedule([new(TimeSpan.FromSeconds(1), 1, 1)]).TimeOf(long.MaxValue));
    }

    [Fact]
    public void ValuesGoInStraightLinesOrSteps_AndTheWarmupHasTheFirstOnes()
    {
        var large = SizeDistribution.Fixed(4096);
        var schedule = new LoadSchedule(
            [new(TimeSpan.FromSeconds(10), 10, 1000), new(TimeSpan.FromSeconds(10), 20, 3000), new(TimeSpan.FromSeconds(10), 5, 500, IsStep: true, large)],
            warmup: TimeSpan.FromSeconds(2));
        Assert.Equal(
            """
            0 1000 10
            1 1000 10
            12 1000 10
            17 2000 15
            21 2800 19
            22 500 5 4096
            32 500 5 4096
            99 500 5 4096
            """.ReplaceLineEndings("\n"),
            string.Join('\n', new long[] { 0, 1, 12, 17, 21, 22, 32, 99 }
                .Select(s => $"{s} {schedule.RateAt(s * Second)} {schedule.ConnectionsAt(s * Second)} {schedule.SizesAt(s * Second)}".TrimEnd())));
        Assert.Equal(2000 + 10_000 + 20_000 + 5000, schedule.Total);
        Assert.Equal(32 * Second, schedule.Duration);
        Assert.Equal((Second / 1000, 2 * Second, 32 * Second), (schedule.TimeOf(0), schedule.TimeOf(1999), schedule.TimeOf(36_999)));
    }

    [Fact]
    public void RampsFromAndToNothing_HaveTheTimesOfSquareRoots()
    {
        // 2 messages a second more each second: after t seconds t² of them.
        var up = new LoadSchedule([new(TimeSpan.FromTicks(1), 1, 0), new(TimeSpan.FromHours(3), 1, 2 * 3 * 3600)]);
        Assert.Equal(100 + Second, up.TimeOf(0));
        Assert.Equal(100 + (1000 * Second), up.TimeOf(999_999));
        Assert.Equal(100 + (3 * 3600 * Second), up.TimeOf((3L * 3600 * 3 * 3600) - 1));
        var down = new LoadSchedule([new(TimeSpan.FromSeconds(1), 1, 2 * 3 * 3600), new(TimeSpan.FromHours(3), 1, 0)]);
        Assert.Equal(down.Duration, down.TimeOf(down.Total - 1));
        Assert.Equal(down.Duration - Second, down.TimeOf(down.Total - 2));
    }

    [Fact]
    public void ShareIsOfTheRateAlone_AndAClosedLoopHasNothingDue()
    {
        var part = new LoadSchedule([new(TimeSpan.FromSeconds(10), 64, 1000)], share: 0.25);
        Assert.Equal((250.0, 64, 2500L), (part.RateAt(0), part.ConnectionsAt(0), part.Total));
        var closed = new LoadSchedule([new(TimeSpan.FromSeconds(10), 64)]);
        Assert.Equal((0.0, 0L, LoadSchedule.Never), (closed.RateAt(0), closed.Due(closed.Duration), closed.TimeOf(0)));
    }

    [Fact]
    public void ScheduleThatCannotBeCountedExactly_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoadSchedule([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoadSchedule([new(TimeSpan.Zero, 1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoadSchedule([new(TimeSpan.FromHours(25), 1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoadSchedule([new(TimeSpan.FromHours(1), 1, LoadSchedule.MaxRate + 1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoadSchedule([new(TimeSpan.FromHours(1), 1, double.NaN)]));
    }

    // The same in rational numbers of any length, written down as a mathematician would.
    private static long Integral(LoadStage[] stages, TimeSpan warmup, long time)
    {
        var (sum, rate, start) = (new Fraction(0, 1), Rate(stages[0]), 0L);
        foreach (var stage in stages.Prepend(stages[0] with { Duration = warmup, IsStep = true }).Where(s => s.Duration > TimeSpan.Zero))
        {
            var length = stage.Duration.Ticks * 100;
            var (from, to, passed) = (stage.IsStep ? Rate(stage) : rate, Rate(stage), Math.Clamp(time - start, 0, length));
            var area = new Fraction((from * passed * 2 * length) + ((to - from) * passed * passed), 2 * (BigInteger)length);
            (sum, rate, start) = (sum.Plus(area), to, start + length);
        }

        return (long)(sum.Numerator / (sum.Denominator * 1000 * Second));
    }

    private static BigInteger Rate(LoadStage stage) => (BigInteger)Math.Round(stage.Rate!.Value * 1000);

    private sealed record Fraction(BigInteger Numerator, BigInteger Denominator)
    {
        public Fraction Plus(Fraction other) => new((Numerator * other.Denominator) + (other.Numerator * Denominator), Denominator * other.Denominator);
    }
}
