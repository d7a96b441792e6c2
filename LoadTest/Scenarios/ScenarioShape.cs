using System.Text.Json.Nodes;

namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>What may stand at a place of a scenario. Reading and the published schema come from the same shape, so they cannot part.</summary>
internal abstract class ScenarioShape
{
    /// <summary>Reads; null after a fault.</summary>
    /// <param name="node">What stands there.</param>
    /// <param name="path">The key, with the keys around it.</param>
    /// <param name="faults">Where faults go.</param>
    public abstract object? Read(ScenarioNode node, string path, ScenarioFaults faults);

    /// <summary>The same as a JSON schema.</summary>
    public abstract JsonObject ToSchema();
}

/// <summary>A single value.</summary>
/// <param name="what">What it is called in a fault.</param>
/// <param name="isText">Whether JSON has it in quotes; null where either will do.</param>
/// <param name="schema">The JSON schema.</param>
/// <param name="parse">Reads it: the value, or null and what is wrong; what to do.</param>
/// <param name="plain">Words that are no text: quotes are wrong around them.</param>
internal sealed class ScalarShape(string what, bool? isText, Func<JsonObject> schema, Func<string, (object? Value, string Fault)> parse, params string[] plain) : ScenarioShape
{
    public override object? Read(ScenarioNode node, string path, ScenarioFaults faults)
    {
        if (node is not ScenarioScalar scalar)
        {
            faults.Add(node.Place, path, $"is {(node is ScenarioList ? "a list" : "keys with values")}; write {what}");
            return null;
        }

        var (value, fault) = scalar switch
        {
            { IsQuoted: false, Text: "" or "~" or "null" } => (null, $"has no value; write {what}, or take the key away"),
            { IsQuoted: true } when isText is false || plain.Contains(scalar.Text) => (null, $"'{scalar.Text}' is in quotes; write {what} without them"),
            { IsQuoted: false } when isText is true && IsOther(scalar.Text) => (null, $"'{scalar.Text}' is no text; write {what}, in quotes"),
            _ => parse(scalar.Text),
        };
        if (value is null) faults.Add(node.Place, path, fault);
        return value;
    }

    public override JsonObject ToSchema() => schema();

    // What JSON and YAML take for something else than text.
    private static bool IsOther(string text) => text is "true" or "false" || double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _);
}

/// <summary>A list of one or more.</summary>
internal sealed class ListShape(ScenarioShape item) : ScenarioShape
{
    public override object? Read(ScenarioNode node, string path, ScenarioFaults faults)
    {
        if (node is ScenarioList { Items.Count: > 0 } list) return list.Items.Select((n, i) => new ScenarioItem(n.Place, $"{path}[{i}]", item.Read(n, $"{path}[{i}]", faults))).ToList();
        faults.Add(node.Place, path, node is ScenarioList ? "is an empty list; put something in, or take the key away" : "is a list; write each item on a line of its own after '- '");
        return null;
    }

    public override JsonObject ToSchema() => new() { ["type"] = "array", ["minItems"] = 1, ["items"] = item.ToSchema() };
}

/// <summary>An item of a list.</summary>
internal sealed record ScenarioItem(ScenarioPlace Place, string Path, object? Value);

/// <summary>A single value, or, in full, keys with values.</summary>
internal sealed class EitherShape(ScalarShape single, MapShape full) : ScenarioShape
{
    public override object? Read(ScenarioNode node, string path, ScenarioFaults faults) => (node is ScenarioMap ? (ScenarioShape)full : single).Read(node, path, faults);

    public override JsonObject ToSchema() => new() { ["anyOf"] = new JsonArray(single.ToSchema(), full.ToSchema()) };
}

/// <summary>Keys with values, in any order.</summary>
internal sealed class MapShape(params ScenarioKey[] keys) : ScenarioShape
{
    private readonly string[] _names = [.. keys.Select(k => k.Name).Where(n => n[0] is not '$')];

    /// <summary>The keys that a person may write.</summary>
    public IReadOnlyList<string> Names => _names;

    public override object? Read(ScenarioNode node, string path, ScenarioFaults faults)
    {
        var values = new ScenarioValues(node.Place, path);
        if (node is not ScenarioMap map)
        {
            faults.Add(node.Place, path, $"is not keys with values; there are {string.Join(", ", _names)}");
            return null;
        }

        foreach (var entry in map.Entries)
        {
            var at = path.Length is 0 ? entry.Key : $"{path}.{entry.Key}";
            if (Array.Find(keys, k => k.Name == entry.Key) is { } key) values.Add(entry, at, key.Shape.Read(entry.Node, at, faults));
            else faults.Add(entry.Place, at, $"is no key here; {Nearest.Advice(entry.Key, _names)}");
        }

        foreach (var missing in keys.Where(k => k.IsRequired && !values.Has(k.Name))) faults.Add(node.Place, path, $"has no {missing.Name}; add it");
        return values;
    }

    public override JsonObject ToSchema()
    {
        var properties = new JsonObject();
        foreach (var key in keys)
        {
            var schema = key.Shape.ToSchema();
            schema.Insert(0, "description", key.Description);
            properties[key.Name] = schema;
        }

        var result = new JsonObject { ["type"] = "object", ["additionalProperties"] = false };
        if (Array.Exists(keys, k => k.IsRequired)) result["required"] = new JsonArray([.. keys.Where(k => k.IsRequired).Select(k => JsonValue.Create(k.Name))]);
        result["properties"] = properties;
        return result;
    }
}

/// <summary>A key that may stand at a place.</summary>
internal sealed record ScenarioKey(string Name, ScenarioShape Shape, string Description, bool IsRequired = false);
