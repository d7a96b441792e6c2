using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>The published JSON schema of scenario files. What two keys mean together it leaves to the reader.</summary>
internal static class ScenarioSchema
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToJson()
    {
        var schema = ScenarioKeys.Root.ToSchema();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "A scenario of OrleansEcho's load tester");
        return schema.ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";
    }
}
