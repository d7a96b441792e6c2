namespace OrleansEcho.LoadTest.Results;

/// <summary>What came of a run.</summary>
public enum Verdict
{
    /// <summary>Every message came back as it should, and every threshold held.</summary>
    Passed,

    /// <summary>A message was lost, doubled, reordered, corrupted or foreign, or a threshold was crossed.</summary>
    Failed,

    /// <summary>The load tester was the bottleneck: the figures say more about it than about the gateways.</summary>
    Invalid,

    /// <summary>Somebody stopped it: the figures are of a part of the scenario.</summary>
    Interrupted,
}
