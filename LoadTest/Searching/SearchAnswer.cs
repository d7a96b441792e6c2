namespace OrleansEcho.LoadTest.Searching;

/// <summary>What a search has found.</summary>
/// <param name="Verdict">What came of it.</param>
/// <param name="Value">The greatest value that held, and held in all confirmations; null where there is none.</param>
/// <param name="Ceiling">The lowest value that did not hold; null where all did.</param>
internal sealed record SearchAnswer(SearchVerdict Verdict, long? Value, long? Ceiling);
