namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Reads scenarios: YAML or JSON, with the flags of a command line over them.</summary>
internal static class ScenarioReader
{
    /// <summary>A scenario that says nothing: all of it comes from flags and defaults.</summary>
    public static ScenarioMap Nothing { get; } = new(new ScenarioPlace("run"), []);

    /// <summary>Reads a scenario; total.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="source">The file as it was named: faults begin with it, and paths in the file begin at its folder.</param>
    /// <param name="flags">What stands over it; <see cref="Nothing"/> for none.</param>
    /// <returns>The scenario; or null, and everything that is wrong, a line each.</returns>
    public static (ScenarioFile? File, IReadOnlyList<string> Faults) Read(string text, string source, ScenarioMap flags)
    {
        var faults = new ScenarioFaults();
        return Build(ScenarioParser.Parse(text, source, faults), Path.GetFileNameWithoutExtension(source), flags, faults);
    }

    /// <summary>Makes a scenario out of flags alone.</summary>
    public static (ScenarioFile? File, IReadOnlyList<string> Faults) Read(ScenarioMap flags) => Build(Nothing, "run", flags, new ScenarioFaults());

    private static (ScenarioFile? File, IReadOnlyList<string> Faults) Build(ScenarioMap file, string name, ScenarioMap flags, ScenarioFaults faults)
    {
        var values = (ScenarioValues)ScenarioKeys.Root.Read(ScenarioOverlay.Put(flags, file, faults), "", faults)!;
        var result = new ScenarioBuilder(values, faults).Build(name);
        return faults.Lines is { Count: > 0 } lines ? (null, lines) : (result, []);
    }
}
