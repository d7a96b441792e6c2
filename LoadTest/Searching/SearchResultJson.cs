using System.Text.Json.Serialization;

namespace OrleansEcho.LoadTest.Searching;

/// <summary>How a search is written as JSON: as runs are.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SearchResult))]
internal sealed partial class SearchResultJson : JsonSerializerContext;
