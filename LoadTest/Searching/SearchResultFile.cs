using System.Text.Json;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>A search as a JSON file; its form is <c>search-result.schema.json</c>, beside this.</summary>
internal static class SearchResultFile
{
    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="OutputFileException">It cannot be written.</exception>
    public static Task WriteAsync(SearchResult result, string path, CancellationToken cancellation) => OutputFile.WriteAsync(
        path,
        (stream, token) => JsonSerializer.SerializeAsync(stream, result, SearchResultJson.Default.SearchResult, token),
        cancellation);
}
