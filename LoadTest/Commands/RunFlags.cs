using System.CommandLine;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Commands;

/// <summary>Turns the options of a command line into the keys of a scenario, so that both are read, and judged, by the same rules.</summary>
internal sealed class RunFlags
{
    private readonly List<Func<ParseResult, ScenarioEntry?>> _readers = [];

    /// <summary>An option whose value is a key's.</summary>
    public void Add(LoadOption option, string key) => _readers.Add(parsed => option.ValuesIn(parsed) is [var value, ..] ? Entry(option, key, Scalar(option, value)) : null);

    /// <summary>An option whose values are a key's list.</summary>
    public void AddList(LoadOption option, string key) => _readers.Add(parsed =>
        option.ValuesIn(parsed) is { Length: > 0 } values ? Entry(option, key, new ScenarioList(PlaceOf(option), [.. values.Select(v => Scalar(option, v))])) : null);

    /// <summary>An option that gives a key a value by being there, unless it has one of its own.</summary>
    public void AddSwitch(Option option, string key, string value) => _readers.Add(parsed =>
        parsed.GetResult(option) is { Implicit: false } ? Entry(option, key, Scalar(option, option is LoadOption o && o.ValuesIn(parsed) is [var own, ..] ? own : value)) : null);

    /// <summary>Options that are keys under a key.</summary>
    public void AddMap(string key, Option? whole, params (Option Option, string Key)[] options) => _readers.Add(parsed =>
    {
        var there = options.Where(o => parsed.GetResult(o.Option) is { Implicit: false }).ToList();
        if (there.Count is 0) return whole is not null && parsed.GetResult(whole) is { Implicit: false } ? Entry(whole, key, Scalar(whole, "true")) : null;
        var entries = there.Select(o => Entry(o.Option, o.Key, Scalar(o.Option, o.Option is LoadOption v ? v.ValuesIn(parsed)[0] : "true"))).ToList();
        return Entry(there[0].Option, key, new ScenarioMap(PlaceOf(there[0].Option), entries));
    });

    /// <summary>What a command line says.</summary>
    public ScenarioMap Read(ParseResult parsed) => ScenarioReader.Nothing with { Entries = [.. _readers.Select(read => read(parsed)).OfType<ScenarioEntry>()] };

    private static ScenarioPlace PlaceOf(Option option) => new(option.Name);

    private static ScenarioScalar Scalar(Option option, string value) => new(PlaceOf(option), value, IsQuoted: null);

    private static ScenarioEntry Entry(Option option, string key, ScenarioNode node) => new(key, PlaceOf(option), node);
}
