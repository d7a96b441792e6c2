namespace OrleansEcho.Grains.Interfaces.Quota;

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
