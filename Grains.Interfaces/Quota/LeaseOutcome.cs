namespace OrleansEcho.Grains.Interfaces.Quota;

/// <summary>What became of a <see cref="LeaseRequest"/>.</summary>
[GenerateSerializer]
[Alias("echo.LeaseOutcome")]
public enum LeaseOutcome
{
    /// <summary>The holder has a lease on <see cref="LeaseReply.Granted"/> permits.</summary>
    Granted = 0,

    /// <summary>There is no limit: nothing is lent or counted.</summary>
    Unlimited = 1,

    /// <summary>A later request of the holder has been handled: nothing changed.</summary>
    Stale = 2,

    /// <summary>The holder claims more than it was lent, or its lease has ended: it holds nothing.</summary>
    LeaseLost = 3,

    /// <summary>The quota can neither lend nor renew now (<see cref="LeaseReply.Denial"/>): what the holder has runs on until its end.</summary>
    Unavailable = 4,
}
