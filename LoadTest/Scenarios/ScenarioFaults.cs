using System.Text.RegularExpressions;

namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>What is wrong with a scenario: everything, a line each.</summary>
internal sealed partial class ScenarioFaults
{
    private readonly List<(ScenarioPlace Place, string Line)> _faults = [];

    /// <summary>In the order of the file; those of flags first.</summary>
    public IReadOnlyList<string> Lines => [.. _faults.OrderBy(f => f.Place.Line).ThenBy(f => f.Place.Column).Select(f => f.Line).Distinct()];

    /// <summary>Adds a fault.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="path">The key, with the keys around it; empty for the whole.</param>
    /// <param name="message">What is wrong; what to do. Without a full stop.</param>
    public void Add(ScenarioPlace place, string path, string message)
    {
        var end = message[^1] is '?' or '.' ? "" : ".";
        var head = place.IsFlag || path.Length is 0 ? $"{place}: " : $"{place}: {path}: ";
        _faults.Add((place, head + BeforeCaret().Replace(message, "\n" + new string(' ', head.Length)) + end)); // a caret stays below its place
    }

    /// <summary>The only line break within a fault: before a caret that points at something in it. Any other is in a text that the fault quotes.</summary>
    [GeneratedRegex(@"\n(?= *\^)")]
    public static partial Regex BeforeCaret();
}
