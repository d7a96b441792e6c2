using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>All that is known of a search. It is what <c>search --json</c> writes.</summary>
public sealed record SearchResult
{
    /// <summary>The version of this form.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The version of the form that it has.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The version of the load tester.</summary>
    public required string Tool { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What each probe did, but for the value: that of this one is the first that was tried.</summary>
    public required LoadScenario Scenario { get; init; }

    /// <summary>Where it ran.</summary>
    public required MachineFingerprint Machine { get; init; }

    /// <summary>What the limit was looked for of.</summary>
    public required SearchedValue Of { get; init; }

    /// <summary>What had to hold.</summary>
    public required IReadOnlyList<string> Objective { get; init; }

    /// <summary>Where it looked, and how closely.</summary>
    public required SearchRange Range { get; init; }

    /// <summary>What came of it.</summary>
    public required SearchVerdict Verdict { get; init; }

    /// <summary>The greatest value that held; null where there is none. It is confirmed but where the search was interrupted.</summary>
    public required long? Value { get; init; }

    /// <summary>The lowest value that did not hold, or at which the load tester itself was at its end; null where there is none.</summary>
    public required long? Ceiling { get; init; }

    /// <summary>The lowest value that did not hold, where the load tester was at its end below it, too; null where there is none.</summary>
    public long? Broken { get; init; }

    /// <summary>Values that held once, and not in every confirmation.</summary>
    public required IReadOnlyList<long> Unconfirmed { get; init; }

    /// <summary>The answer in words.</summary>
    public required string Summary { get; init; }

    /// <summary>All runs, in their order.</summary>
    public required IReadOnlyList<SearchProbe> Probes { get; init; }
}
