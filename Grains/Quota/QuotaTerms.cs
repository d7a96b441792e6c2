namespace OrleansEcho.Grains.Quota;

/// <summary>On what terms permits are lent.</summary>
internal sealed record QuotaTerms
{
    /// <summary>
    /// How much faster or slower than real time a clock may run. Machines that keep time differ by less than 0.05 %; a hundred times that
    /// costs a dead gateway's permits an eighth of a lease more.
    /// </summary>
    public const double ClockRateError = 0.05;

    // Strictly more than the worst ratio of two clocks: equal is not enough (docs/quota.md).
    private const double Guard = (1 + ClockRateError) / (1 - ClockRateError) * 1.01;

    /// <summary>The limit that the configuration has; null for none.</summary>
    public int? Limit { get; init; }

    /// <summary>The cluster whose gateways it lends to; others may lend the same limit's permits to theirs. Null when it has no name.</summary>
    public string? Cluster { get; init; }

    /// <summary>How long permits are lent.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often holders renew.</summary>
    public TimeSpan Renew { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Whether a lowered limit closes connections, newest first; otherwise it waits for them to end.</summary>
    public bool ClosesNewest { get; init; }

    /// <summary>
    /// Whether permits may be on loan although there is no record of it: not when every holder lives and dies with this process.
    /// </summary>
    public bool MayHaveForgotten { get; init; } = true;

    /// <summary>How long a lender waits, on its clock, until a lease has ended on every other.</summary>
    public static TimeSpan WaitFor(TimeSpan lease) => lease * Guard;

    /// <summary>The longest lease that has ended on every other clock when a lender has waited for <paramref name="wait"/>.</summary>
    public static TimeSpan LeaseWithin(TimeSpan wait) => wait / Guard;
}
