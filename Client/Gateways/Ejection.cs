namespace OrleansEcho.Client.Gateways;

/// <summary>
/// How often something has failed since it last worked, and until when it is therefore left alone: twice as long with every failure, and
/// up to a half less by chance, so that clients do not come back together.
/// </summary>
/// <param name="first">For how long after the first failure.</param>
/// <param name="longest">For how long at most.</param>
/// <param name="random">The dice.</param>
internal sealed class Ejection(TimeSpan first, TimeSpan longest, Random random)
{
    private TimeSpan _failedAt = TimeSpan.MinValue;

    /// <summary>Failures since something worked.</summary>
    public int Failures { get; private set; }

    /// <summary>Until when it is left alone.</summary>
    public TimeSpan Until { get; private set; }

    /// <summary>Whether it may be tried: it works, or has been left alone for long enough.</summary>
    public bool IsOver(TimeSpan now) => now >= Until;

    /// <summary>Until when it is left alone when there is nothing else to try: no longer than after a first failure.</summary>
    public TimeSpan UntilAsLastResort => Failures > 0 && _failedAt + first < Until ? _failedAt + first : Until;

    /// <summary>It worked.</summary>
    public void Succeeded() => (Failures, Until) = (0, TimeSpan.Zero);

    /// <summary>It failed.</summary>
    /// <param name="begun">When the try was begun: what was under way when another one failed is the same failure.</param>
    /// <param name="now">The time.</param>
    /// <returns>For how long it is left alone; null when the failure was counted with another one.</returns>
    public TimeSpan? Failed(TimeSpan begun, TimeSpan now)
    {
        if (Failures > 0 && begun <= _failedAt) return null;

        // In doubles, which know no overflow: a first time of minutes is doubled beyond what a TimeSpan holds before the hundredth failure.
        var ticks = Math.Min(first.Ticks * Math.Pow(2, Failures), longest.Ticks) * (1 - (random.NextDouble() / 2));
        var wait = TimeSpan.FromTicks((long)ticks);
        (Failures, _failedAt, Until) = (Failures + 1, now, now + wait);
        return wait;
    }
}
