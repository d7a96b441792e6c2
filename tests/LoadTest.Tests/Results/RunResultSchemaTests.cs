using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Xml.Linq;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Tests.Results;

/// <summary>The published schema says what the records are.</summary>
public sealed class RunResultSchemaTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The documentation that the compiler writes beside the program.
    private static readonly Dictionary<string, XElement> Docs = XDocument.Load(Path.ChangeExtension(typeof(RunResult).Assembly.Location, ".xml"))
        .Descendants("member").ToDictionary(m => m.Attribute("name")!.Value);

    [Fact]
    public void PublishedSchemaIsThatOfTheRecords()
    {
        var expected = Schema().ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") is "1") File.WriteAllText(PublishedPath(), expected);
        Assert.True(
            File.Exists(PublishedPath()) && File.ReadAllText(PublishedPath()) == expected,
            "LoadTest/Results/run-result.schema.json differs from the records; make it anew with UPDATE_DOCS=1 dotnet run -c Release --project tests/LoadTest.Tests");
    }

    [Fact]
    public void EveryMemberIsExplained() => Assert.All(Properties(Schema()), p => Assert.True(p.Value?["description"] is not null || p.Value?["$ref"] is not null, p.Key));

    private static JsonObject Schema()
    {
        var schema = (JsonObject)RunResultJson.Default.RunResult.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) =>
            {
                if (node is not JsonObject schema || Description(context) is not { } description) return node;
                schema.Insert(0, "description", description);
                return schema;
            },
        });
        schema["properties"]!["schema"]!["const"] = RunResult.CurrentSchema;
        schema.Insert(0, "title", "OrleansEcho: the result of a load test");
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        return schema;
    }

    private static string? Description(JsonSchemaExporterContext context)
    {
        if (context.PropertyInfo is not { AttributeProvider: MemberInfo member }) return context.Path.IsEmpty ? Text(Docs.GetValueOrDefault($"T:{context.TypeInfo.Type.FullName}")?.Element("summary")) : null;
        var type = member.DeclaringType!.FullName;
        return Text(Docs.GetValueOrDefault($"P:{type}.{member.Name}")?.Element("summary"))
            ?? Text(Docs.GetValueOrDefault($"T:{type}")?.Elements("param").FirstOrDefault(p => p.Attribute("name")?.Value == member.Name));
    }

    // References by the last part of their name.
    private static string? Text(XElement? element) => element is null ? null : string.Concat(element.Nodes().Select(n => n switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => Short(see.Attribute("cref")!.Value),
        XElement other => other.Value,
        _ => "",
    })).Trim().ReplaceLineEndings(" ");

    private static string Short(string reference) => reference[(reference.LastIndexOf('.') + 1)..];

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Properties(JsonNode node) => node switch
    {
        JsonObject { } schema => (schema["properties"] is JsonObject own ? own.AsEnumerable() : []).Concat(schema.Where(p => p.Value is not null).SelectMany(p => Properties(p.Value!))),
        JsonArray array => array.Where(n => n is not null).SelectMany(n => Properties(n!)),
        _ => [],
    };

    private static string PublishedPath() => SourceFolder.Of("LoadTest", "Results", "run-result.schema.json");
}
