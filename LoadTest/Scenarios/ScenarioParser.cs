using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Takes the text of a scenario apart, YAML or JSON, and keeps where everything stands. It knows no key.</summary>
internal sealed class ScenarioParser
{
    // A scenario needs four; more is a mistake, or somebody who wants to see the stack overflow.
    private const int MaxDepth = 16;

    private readonly Parser _events;
    private readonly string _source;
    private readonly ScenarioFaults _faults;

    private ScenarioParser(string text, string source, ScenarioFaults faults)
    {
        // JSON is YAML but for tabs between its words; inside its strings there are none.
        var isJson = source.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        (_source, _faults) = (source, faults);
        _events = new Parser(new StringReader(isJson ? text.Replace('\t', ' ') : text));
    }

    /// <summary>Takes a text apart; total. What is wrong with it as YAML goes to <paramref name="faults"/>.</summary>
    public static ScenarioMap Parse(string text, string source, ScenarioFaults faults)
    {
        var parser = new ScenarioParser(text, source, faults);
        var nothing = new ScenarioMap(new ScenarioPlace(source, 1, 1), []);
        try
        {
            return parser.Document() ?? nothing;
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException or ArgumentException)
        {
            // The last two are the library's own: '}' or '?' in odd places make it lose its way.
            var place = parser.At(e is YamlException yaml ? yaml.Start : parser._events.Current?.End ?? Mark.Empty);
            if (e is not YamlException) faults.Add(place, "", "this is not YAML from here on; look at indentation, colons, brackets and quotes");
            else faults.Add(place, "", $"this is not YAML: {e.Message.TrimEnd('.')}; look at indentation, colons and quotes");
            return nothing;
        }
    }

    private ScenarioMap? Document()
    {
        _events.Consume<StreamStart>();
        if (_events.TryConsume<StreamEnd>(out _)) return null;
        _events.Consume<DocumentStart>();
        var node = Node(0);
        _events.Consume<DocumentEnd>();
        if (_events.TryConsume<DocumentStart>(out var second)) _faults.Add(At(second.Start), "", "a second scenario begins here; a file has one");
        if (node is ScenarioMap or ScenarioScalar { Text: "", IsQuoted: false }) return node as ScenarioMap;
        _faults.Add(node.Place, "", "a scenario is keys with values, such as 'connections: 64'; see scenario.schema.json");
        return null;
    }

    private ScenarioNode Node(int depth)
    {
        if (depth > MaxDepth) throw new YamlException(_events.Current!.Start, _events.Current.End, $"it is more than {MaxDepth} levels deep");
        if (_events.TryConsume<Scalar>(out var scalar)) return new ScenarioScalar(At(scalar.Start), scalar.Value, scalar.Style is not ScalarStyle.Plain);
        if (_events.TryConsume<SequenceStart>(out var list))
        {
            var items = new List<ScenarioNode>();
            while (!_events.TryConsume<SequenceEnd>(out _)) items.Add(Node(depth + 1));
            return new ScenarioList(At(list.Start), items);
        }

        if (_events.TryConsume<MappingStart>(out var map)) return Map(At(map.Start), depth);
        var alias = _events.Consume<AnchorAlias>();
        _faults.Add(At(alias.Start), "", "anchors and aliases are not read; write it out");
        return new ScenarioMap(At(alias.Start), []);
    }

    private ScenarioMap Map(ScenarioPlace place, int depth)
    {
        var entries = new List<ScenarioEntry>();
        while (!_events.TryConsume<MappingEnd>(out _))
        {
            var (key, value) = (Node(depth + 1), Node(depth + 1));
            if (key is not ScenarioScalar { Text: var name }) _faults.Add(key.Place, "", "a key is a word; write one");
            else if (entries.Exists(e => e.Key == name)) _faults.Add(key.Place, name, "stands twice; keep one of them");
            else entries.Add(new(name, key.Place, value));
        }

        return new(place, entries);
    }

    private ScenarioPlace At(Mark mark) => new(_source, (int)mark.Line, (int)mark.Column);
}
