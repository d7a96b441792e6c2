namespace OrleansEcho.Grains.Interfaces.Quota;

/// <summary>The answer to a change of the limit.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Limit">The limit that is in force now; null for none.</param>
/// <param name="Version">Its version now.</param>
[GenerateSerializer]
[Immutable]
[Alias("echo.SetLimitReply")]
public sealed record SetLimitReply([property: Id(0)] SetLimitOutcome Outcome, [property: Id(1)] int? Limit, [property: Id(2)] long Version);
