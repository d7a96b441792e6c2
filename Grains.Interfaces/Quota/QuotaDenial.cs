namespace OrleansEcho.Grains.Interfaces.Quota;

/// <summary>Why the quota lends a holder less than it needs: a closed list, in metrics and logs.</summary>
[GenerateSerializer]
[Alias("echo.QuotaDenial")]
public enum QuotaDenial
{
    /// <summary>It got what it needs.</summary>
    None = 0,

    /// <summary>Every permit has a connection.</summary>
    LimitReached = 1,

    /// <summary>Other gateways hold idle permits, which are being called back.</summary>
    Recalling = 2,

    /// <summary>The limit was lowered, and more is lent than it allows.</summary>
    LimitLowered = 3,

    /// <summary>What was lent before is not known: nothing is lent until all of it has been reported or has ended.</summary>
    Relearning = 4,

    /// <summary>The store does not take what would be lent.</summary>
    StorageUnavailable = 5,
}
