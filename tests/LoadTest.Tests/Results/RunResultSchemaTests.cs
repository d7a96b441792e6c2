using OrleansEcho.LoadTest.Results;
using OrleansEcho.LoadTest.Searching;

namespace OrleansEcho.LoadTest.Tests.Results;

/// <summary>The published schemas say what the records are.</summary>
public sealed class RunResultSchemaTests
{
    [Fact]
    public void PublishedSchemaIsThatOfTheRecords_AndExplainsEveryMember() =>
        RecordSchema.AssertPublished(RunResultJson.Default.RunResult, RunResult.CurrentSchema, "OrleansEcho: the result of a load test", "LoadTest", "Results", "run-result.schema.json");

    [Fact]
    public void PublishedSchemaOfSearchesIsThatOfTheRecords_AndExplainsEveryMember() =>
        RecordSchema.AssertPublished(SearchResultJson.Default.SearchResult, SearchResult.CurrentSchema, "OrleansEcho: the result of a search", "LoadTest", "Searching", "search-result.schema.json");
}
