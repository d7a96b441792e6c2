namespace OrleansEcho.LoadTest.Searching;

/// <summary>What a search has found.</summary>
/// <param name="Verdict">What came of it.</param>
/// <param name="Value">The greatest value that held, and held in all confirmations; null where there is none.</param>
/// <param name="Ceiling">The lowest value that did not hold, or at which the load tester was at its end; null where all did.</param>
/// <param name="Broken">The lowest value that did not hold, if the load tester was at its end below it or not; null where there is none.</param>
internal sealed record SearchAnswer(SearchVerdict Verdict, long? Value, long? Ceiling, long? Broken);
