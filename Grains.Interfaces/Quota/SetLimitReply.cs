namespace OrleansEcho.Grains.Interfaces.Quota;

/// <summary>The answer to a change of the limit.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Limit">The limit that is in force now; null for none.</param>
/// <param name="Version">Its version now.</param>
[GenerateSerializer]
[Immutable]
[Alias("echo.SetLimitReply")]
public sealed record SetLimitReply([property: Id(0)] SetLimitOutcome Outcome, [property: Id(1)] int? Limit, [property: Id(2)] long Version);

/// <summary>What became of a change of the limit.</summary>
[GenerateSerializer]
[Alias("echo.SetLimitOutcome")]
public enum SetLimitOutcome
{
    /// <summary>The new limit is stored and in force.</summary>
    Changed = 0,

    /// <summary>The limit has another version than the caller expected: somebody else has changed it. Nothing has changed now.</summary>
    VersionMismatch = 1,

    /// <summary>The store did not confirm it. Ask for a snapshot before trying again.</summary>
    StorageUnavailable = 2,
}
