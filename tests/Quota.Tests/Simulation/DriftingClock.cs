namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>A machine's clock: it began somewhere, and runs too fast or too slow by so many millionths. It never goes back.</summary>
internal sealed class DriftingClock(TimeSpan start, int rate)
{
    private const int Million = 1_000_000;

    private long _since;
    private long _ticks = start.Ticks;
    private int _rate = rate;

    /// <summary>What it shows at a millisecond of the world.</summary>
    public TimeSpan At(long moment) => new(_ticks + ((moment - _since) * (Million + _rate) / (Million / TimeSpan.TicksPerMillisecond)));

    /// <summary>The first millisecond of the world at which it shows <paramref name="time"/> or later, if its rate stays as it is.</summary>
    public long When(TimeSpan time)
    {
        var ticks = time.Ticks - _ticks;
        if (ticks <= 0) return _since;
        var speed = (Million + _rate) / (Million / TimeSpan.TicksPerMillisecond); // ticks in a millisecond
        return _since + ((ticks + speed - 1) / speed);
    }

    public void RunAt(int rate, long now)
    {
        (_ticks, _since) = (At(now).Ticks, now);
        _rate = rate;
    }
}
