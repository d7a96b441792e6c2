using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>What a search writes to files.</summary>
/// <param name="Result">All of it.</param>
/// <param name="Confirmed">The last run that held at the answer; null where there is none.</param>
internal sealed record SearchOutput(SearchResult Result, RunResult? Confirmed);
