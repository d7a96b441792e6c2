using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Results;

/// <summary>All that is known of one run. It is what <c>--json</c> writes, and what reports and comparisons are made of.</summary>
public sealed record RunResult
{
    /// <summary>The version of this form. A reader refuses another one.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The version of the form that it has.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The version of the load tester.</summary>
    public required string Tool { get; init; }

    /// <summary>When what counts began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>For how long it counted, in seconds: without warm-up and drain.</summary>
    public required double Seconds { get; init; }

    /// <summary>What was to be done.</summary>
    public required LoadScenario Scenario { get; init; }

    /// <summary>Where it ran.</summary>
    public required MachineFingerprint Machine { get; init; }

    /// <summary>What came of it.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why it is not <see cref="Verdict.Passed"/>, and what else a reader should know; a sentence each.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>The thresholds, and whether they held.</summary>
    public required IReadOnlyList<ThresholdResult> Thresholds { get; init; }

    /// <summary>All targets together.</summary>
    public required LoadFigures Total { get; init; }

    /// <summary>Each target by itself, in the scenario's order.</summary>
    public required IReadOnlyList<TargetFigures> Targets { get; init; }

    /// <summary>Second by second.</summary>
    public required IReadOnlyList<IntervalFigures> Intervals { get; init; }

    /// <summary>What the load tester itself was capable of.</summary>
    public required GeneratorFigures Generator { get; init; }
}
