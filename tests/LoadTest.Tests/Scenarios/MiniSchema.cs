using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrleansEcho.LoadTest.Tests.Scenarios;

/// <summary>As much of JSON Schema as ours uses. A word that it does not know is an error: it would be a rule that is not checked.</summary>
internal static class MiniSchema
{
    public static bool Takes(JsonObject schema, JsonNode? value) => schema.All(rule => Holds(rule.Key, rule.Value!, schema, value));

    private static bool Holds(string word, JsonNode rule, JsonObject schema, JsonNode? value) => word switch
    {
        "$schema" or "title" or "description" => true,
        "type" => KindOf(value) == rule.GetValue<string>() || (rule.GetValue<string>() is "number" && KindOf(value) is "integer"),
        "enum" => rule.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
        "anyOf" => rule.AsArray().Any(one => Takes(one!.AsObject(), value)),
        "pattern" => KindOf(value) is not "string" || Regex.IsMatch(value!.GetValue<string>(), rule.GetValue<string>()),
        "minLength" => KindOf(value) is not "string" || value!.GetValue<string>().Length >= rule.GetValue<int>(),
        "minimum" => KindOf(value) is not ("number" or "integer") || Number(value) >= Number(rule),
        "maximum" => KindOf(value) is not ("number" or "integer") || Number(value) <= Number(rule),
        "items" => value is not JsonArray list || list.All(item => Takes(rule.AsObject(), item)),
        "minItems" => value is not JsonArray list || list.Count >= rule.GetValue<int>(),
        "required" => value is not JsonObject map || rule.AsArray().All(key => map.ContainsKey(key!.GetValue<string>())),
        "properties" => value is not JsonObject map || map.All(p => rule[p.Key] is not { } property || Takes(property.AsObject(), p.Value)),
        "additionalProperties" => value is not JsonObject map || map.All(p => schema["properties"]!.AsObject().ContainsKey(p.Key)),
        _ => throw new InvalidOperationException($"Nobody checks {word}."),
    };

    private static double Number(JsonNode? node) => double.Parse(node!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private static string KindOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => Number(value) % 1 is 0 ? "integer" : "number",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
