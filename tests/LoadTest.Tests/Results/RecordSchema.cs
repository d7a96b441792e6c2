using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Tests.Results;

/// <summary>A schema that is made of records and their documentation, beside the one that is published.</summary>
internal static class RecordSchema
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The documentation that the compiler writes beside the program.
    private static readonly Dictionary<string, XElement> Docs =
        XDocument.Load(Path.ChangeExtension(typeof(RunResult).Assembly.Location, ".xml"))
        .Descendants("member").ToDictionary(m => m.Attribute("name")!.Value);

    /// <summary>Sees that the published schema is that of a record, and explains every member; UPDATE_DOCS=1 writes it.</summary>
    /// <param name="type">The record.</param>
    /// <param name="version">What its <c>schema</c> says.</param>
    /// <param name="title">The schema's title.</param>
    /// <param name="path">The published schema, from the repository on.</param>
    public static void AssertPublished(JsonTypeInfo type, int version, string title, params string[] path)
    {
        var schema = Of(type, version, title);
        var (expected, published) = (schema.ToJsonString(Indented) + "\n", Repository.PathOf(path));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") is "1") File.WriteAllText(published, expected);
        Assert.True(
            File.Exists(published) && File.ReadAllText(published) == expected,
            $"{string.Join('/', path)} differs from the records; make it anew with UPDATE_DOCS=1 dotnet run -c Release --project "
            + "tests/LoadTest.Tests");
        Assert.All(Properties(schema), p => Assert.True(p.Value?["description"] is not null || p.Value?["$ref"] is not null, p.Key));
    }

    private static JsonObject Of(JsonTypeInfo type, int version, string title)
    {
        var schema = (JsonObject)type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) =>
            {
                if (node is not JsonObject schema || Description(context) is not { } description) return node;
                schema.Insert(0, "description", description);
                return schema;
            },
        });
        schema["properties"]!["schema"]!["const"] = version;
        schema.Insert(0, "title", title);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        return schema;
    }

    private static string? Description(JsonSchemaExporterContext context)
    {
        if (context.PropertyInfo is not { AttributeProvider: MemberInfo member })
        {
            return context.Path.IsEmpty ? Text(Docs.GetValueOrDefault($"T:{context.TypeInfo.Type.FullName}")?.Element("summary")) : null;
        }

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
        JsonObject { } schema => (schema["properties"] is JsonObject own
            ? own.AsEnumerable() : []).Concat(schema.Where(p => p.Value is not null).SelectMany(p => Properties(p.Value!))),
        JsonArray array => array.Where(n => n is not null).SelectMany(n => Properties(n!)),
        _ => [],
    };
}
