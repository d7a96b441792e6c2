namespace OrleansEcho.Grains.Interfaces.Quota;

/// <summary>The quota's answer to a <see cref="LeaseRequest"/>.</summary>
[GenerateSerializer]
[Immutable]
[Alias("echo.LeaseReply")]
public sealed record LeaseReply
{
    /// <summary>What became of the request.</summary>
    [Id(0)]
    public required LeaseOutcome Outcome { get; init; }

    /// <summary>The request's number.</summary>
    [Id(1)]
    public required long Number { get; init; }

    /// <summary>Which activation of the quota answers: each has a higher one than those before it.</summary>
    [Id(2)]
    public required long Epoch { get; init; }

    /// <summary>How many permits the holder has from now on, in all.</summary>
    [Id(3)]
    public int Granted { get; init; }

    /// <summary>For how long, counted on the holder's clock from when it sent the request.</summary>
    [Id(4)]
    public TimeSpan Lease { get; init; }

    /// <summary>How often the holder renews.</summary>
    [Id(5)]
    public TimeSpan Renew { get; init; }

    /// <summary>To how many permits the holder should come down, as they become idle; <see cref="Granted"/> when nobody is short of any.</summary>
    [Id(6)]
    public int Target { get; init; }

    /// <summary>How many connections the holder is to close, newest first, because the limit was lowered; 0 for none.</summary>
    [Id(7)]
    public int Close { get; init; }

    /// <summary>
    /// Why the holder got fewer permits than it needs; and why it got none of what it wants, when the quota lends nothing to anybody
    /// (<see cref="QuotaDenial.Relearning"/>, <see cref="QuotaDenial.StorageUnavailable"/>).
    /// </summary>
    [Id(8)]
    public QuotaDenial Denial { get; init; }

    /// <summary>The limit in force; null for none.</summary>
    [Id(9)]
    public int? Limit { get; init; }

    /// <summary>The limit's version.</summary>
    [Id(10)]
    public long Version { get; init; }
}
