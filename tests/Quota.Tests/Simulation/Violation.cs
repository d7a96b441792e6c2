namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>An invariant that did not hold.</summary>
/// <param name="Schedule">How it came to that.</param>
/// <param name="Invariant">Which.</param>
/// <param name="Detail">What was found instead.</param>
/// <param name="Moment">When, in milliseconds of the world.</param>
/// <param name="Step">After which event.</param>
internal sealed record Violation(Schedule Schedule, Invariant Invariant, string Detail, long Moment, int Step)
{
    public string Trace { get; init; } = "";

    public override string ToString() => $"{Invariant}: {Detail} (at {Moment} ms, step {Step})\n{Schedule}{Trace}";
}

/// <summary>What must hold after each step.</summary>
internal enum Invariant
{
    /// <summary>What all gateways hold under leases that have not ended on their own clocks is no more than the limit.</summary>
    HeldWithinLimit,

    /// <summary>A strict gateway serves no more connections than it holds permits.</summary>
    ServingWithinHeld,

    /// <summary>A strict gateway that is not frozen has closed what it may not serve by the end of its lease.</summary>
    OpenWithinHeld,

    /// <summary>Connections that strict gateways serve are no more than the limit.</summary>
    ServingWithinLimit,

    /// <summary>A holder believes to hold no more than the activation in charge has in its table.</summary>
    TableCoversBelief,

    /// <summary>What an activation has lent and is about to lend does not rise above the limit.</summary>
    TableWithinLimit,

    /// <summary>No count is negative, a request has no fault, the pool counts the connections that there are.</summary>
    CountsAreSane,

    /// <summary>A gateway admits what it has a permit for, or, available and cut off, what it kept and its reserve.</summary>
    AdmitsByPolicy,

    /// <summary>Nobody loses a lease that has not ended, as long as the store keeps what it is told.</summary>
    LeaseIsKept,

    /// <summary>Who has seen a later epoch is lent nothing by an earlier one.</summary>
    GrowthIsUpToDate,

    /// <summary>Whoever asks an activation that lives is answered.</summary>
    EverybodyIsAnswered,

    /// <summary>A gateway does not ask without end.</summary>
    AskingIsBounded,

    /// <summary>After all faults, a gateway that is short gets a permit that nobody uses within a renewal interval.</summary>
    FreePermitIsPrompt,

    /// <summary>After all faults and a lease time, one gateway can have everything that nobody uses.</summary>
    EverythingComesBack,

    /// <summary>The production code throws no exception.</summary>
    NothingIsThrown,
}

/// <summary>Ends a simulation.</summary>
internal sealed class ViolationException(Invariant invariant, string detail) : Exception(detail)
{
    public Invariant Invariant => invariant;
}
