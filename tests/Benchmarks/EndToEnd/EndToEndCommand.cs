using System.CommandLine;

namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>
/// Loads the product and a direct Kestrel echo in turn, on this machine, and writes a table of ratios: they hold on a machine that is slow,
/// or shared, where figures do not. Every echo is checked; a run with a fault in it ends the command.
/// </summary>
internal static class EndToEndCommand
{
    /// <summary>The command <c>end-to-end</c>.</summary>
    public static Command Make()
    {
        string[] names = [.. MeasuredLoad.All.Select(l => l.Name)];
        var loads = CommandParts.Names(
            "--loads", names, names, string.Join("; ", MeasuredLoad.All.Select(l => $"{l.Name}: {l.Description}")) + ".");
        var servers = CommandParts.Servers(ServerVariant.Cluster, "standalone");
        var rounds = CommandParts.Number("--rounds", 3, "How often each is loaded, in turn; medians are shown.");
        var seconds = CommandParts.Number("--seconds", 4, "How long each time.");
        var warmup = CommandParts.Warmup();
        var output = CommandParts.Output();
        var check = new Option<string?>("--check")
        {
            Description =
                $"A file of stored ratios: exit code 1 when CPU a message is more than {Judgement.Tolerance:P0} over one of them (not of "
                + "W3, which is mostly waiting), also when measured again with twice the rounds.",
        };
        var store =
            new Option<string?>("--store") { Description = "A file to store the ratios in; those in it that are not measured now stay." };
        var command = new Command("end-to-end", "What a message costs, beside a direct Kestrel echo on the same machine.")
        {
            loads,
            servers,
            rounds,
            seconds,
            warmup,
            output,
            check,
            store,
        };
        command.SetMeasurement((line, cancellation) => RunAsync(
            new(
                [.. MeasuredLoad.All.Where(l => line.GetRequiredValue(loads).Contains(l.Name))],
                ServerVariant.Named(line.GetRequiredValue(servers)),
                line.GetRequiredValue(rounds), line.GetRequiredValue(seconds), line.GetRequiredValue(warmup), line.GetValue(output),
                line.GetValue(check), line.GetValue(store)),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(EndToEndSettings settings, CancellationToken cancellation)
    {
        var stored = settings.Check is null ? null : await RatioFile.ReadAsync(settings.Check, cancellation);
        await using var servers = await RunningServers.StartAsync(settings.Servers);
        var measurement = new RatioMeasurement(servers.Direct, settings.Seconds, settings.Warmup);
        var table = new RatioTable();
        var ratios = new Dictionary<string, double>();
        var faults = new List<string>();
        foreach (var load in settings.Loads)
        {
            CommandParts.Tell($"{load.Name}: {load.Description}");
            var taking = servers.Taking(load);
            if (taking.Count is 0) continue;
            var found = await measurement.MeasureAsync(load, [.. taking.Select(s => s.Server)], settings.Rounds, cancellation);
            var cluster = taking.FindIndex(s => s.Variant.Name is ServerVariant.Cluster);
            for (var i = 0; i < taking.Count; i++)
            {
                var (variant, server) = taking[i];
                var key = $"{variant.Name} {load.Name}";
                var direct = Comparison.Of(found[i + 1], found[0]);
                var judgement = stored is null || !load.IsJudged
                    ? null : new Judgement(key, stored.TryGetValue(key, out var known) ? known : null);
                if (judgement?.Doubt(direct.Over.Cpu, 2 * settings.Rounds) is { } doubt)
                {
                    CommandParts.Tell(doubt);
                    var again = await measurement.AgainAsync(load, [server], 2 * settings.Rounds, cancellation);
                    direct = Comparison.Of(again[1], again[0]);
                    CommandParts.Tell(FormattableString.Invariant($"{key}: the second time {direct.Over.Cpu:0.00}."));
                }

                table.Put(variant, load, direct, cluster < 0 || cluster == i ? null : Comparison.Of(found[i + 1], found[cluster + 1]));
                if (load.IsJudged) ratios[key] = direct.Over.Cpu;
                if (judgement?.Fault(direct.Over.Cpu, settings.Check!) is { } fault) faults.Add(fault);
            }
        }

        await CommandParts.WriteAsync(table.Write(), settings.Output, cancellation);
        if (settings.Store is { } kept) await RatioFile.StoreAsync(kept, ratios, cancellation);
        foreach (var fault in faults) await Console.Error.WriteLineAsync($"error: {fault}");
        return faults.Count is 0 ? 0 : 1;
    }

    private sealed record EndToEndSettings(
        IReadOnlyList<MeasuredLoad> Loads, IReadOnlyList<ServerVariant> Servers, int Rounds, int Seconds, int Warmup, string? Output,
        string? Check, string? Store);
}
