using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>A run of a history.</summary>
/// <param name="File">The name of its file.</param>
/// <param name="Run">What came of it.</param>
internal sealed record HistoryRun(string File, RunResult Run);
