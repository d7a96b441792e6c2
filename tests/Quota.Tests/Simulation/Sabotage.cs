namespace OrleansEcho.Quota.Tests.Simulation;

/// <summary>What can be broken on purpose, around the production code, to see that the simulation notices.</summary>
internal enum Sabotage
{
    None,

    /// <summary>The ledger's clocks run faster than any clock may: its margin is gone.</summary>
    LedgerClockIsFast,

    /// <summary>A gateway takes every reply for the answer to its latest request.</summary>
    StaleReplyIsTaken,

    /// <summary>The store reports writes as done that it has forgotten.</summary>
    WriteIsForgotten,

    /// <summary>A new activation believes a record that was there long ago.</summary>
    ReadIsSkipped,

    /// <summary>The store takes a write whatever version it was based on.</summary>
    WriteIsNotCompared,

    /// <summary>An activation answers with what it is about to write.</summary>
    AnswerBeforeWrite,
}
