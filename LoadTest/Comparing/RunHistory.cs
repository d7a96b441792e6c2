using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Comparing;

/// <summary>The results of a folder, in order of time: how figures of a scenario went from run to run.</summary>
/// <param name="Scenarios">The runs of each scenario's name, the names in order.</param>
/// <param name="Remarks">Files that were left out and why, and what a reader should know; a sentence each.</param>
internal sealed record RunHistory(IReadOnlyList<(string Scenario, IReadOnlyList<HistoryRun> Runs)> Scenarios, IReadOnlyList<string> Remarks)
{
    /// <summary>Reads all JSON files of a folder. What is no result is left out, and told.</summary>
    /// <param name="folder">Where they are; folders in it are not looked into.</param>
    /// <param name="scenario">The name of the only scenario to take; null for all.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OutputFileException">There is no such folder, or it cannot be read.</exception>
    public static async Task<RunHistory> ReadAsync(string folder, string? scenario, CancellationToken cancellation)
    {
        string[] files;
        try
        {
            files = [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OutputFileException($"{folder}: cannot be read ({OutputFile.Reason(e)}); give a folder of files that --json has written.", e);
        }

        var (runs, remarks) = (new List<HistoryRun>(), new List<string>());
        foreach (var file in files)
        {
            try
            {
                runs.Add(new HistoryRun(Path.GetFileNameWithoutExtension(file), Light(await RunResultFile.ReadAsync(file, cancellation))));
            }
            catch (OutputFileException e)
            {
                remarks.Add($"Left out: {e.Message}");
            }
        }

        return Of([.. runs.Where(r => scenario is null || r.Run.Scenario.Name == scenario)], remarks);
    }

    /// <summary>Puts runs in order.</summary>
    public static RunHistory Of(IReadOnlyList<HistoryRun> runs, IReadOnlyList<string>? remarks = null)
    {
        var scenarios = runs.GroupBy(r => r.Run.Scenario.Name).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (g.Key, (IReadOnlyList<HistoryRun>)[.. g.OrderBy(r => r.Run.StartedAt)])).ToArray();
        var mixed = scenarios.Where(s => s.Item2.Select(r => r.Run.Machine).Distinct().Count() > 1)
            .Select(s => $"THE MACHINES ARE NOT THE SAME in the runs of '{s.Key}': where the machine changes, the figures do not go on.");
        var unlike = scenarios.Where(s => s.Item2.Select(r => ComparisonWarnings.Load(r.Run)).Distinct().Count() > 1)
            .Select(s => $"THE LOAD IS NOT THE SAME in the runs of '{s.Key}': where stages, flows or targets change, the figures do not go on. Give each load a name of its own (--name).");
        return new RunHistory(scenarios, [.. mixed, .. unlike, .. remarks ?? []]);
    }

    // A thousand runs need not have all their seconds and histograms in memory.
    private static RunResult Light(RunResult run) => run with
    {
        Intervals = [],
        Targets = [],
        Total = run.Total with { Latency = run.Total.Latency with { Histogram = "" }, ServiceTime = run.Total.ServiceTime with { Histogram = "" }, ConnectTime = run.Total.ConnectTime with { Histogram = "" } },
    };
}
