using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansEcho.LoadTest.Results;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>
/// Loads the product and a direct Kestrel echo in turn, on this machine, and writes a table of ratios: they hold on a machine that is slow, or shared, where figures do not. Every
/// echo is checked; a run with a fault in it ends the command.
/// </summary>
internal static class EndToEndCommand
{
    // A stored ratio that is exceeded by more is a regression: the machine's noise is half of it.
    private const double Tolerance = 1.15;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>The command <c>end-to-end</c>.</summary>
    public static Command Make()
    {
        var loads = new Option<string[]>("--loads") { Description = "W1 to W6.", DefaultValueFactory = _ => [.. MeasuredLoad.All.Select(l => l.Name)], AllowMultipleArgumentsPerToken = true };
        loads.AcceptOnlyFromAmong([.. MeasuredLoad.All.Select(l => l.Name)]);
        var servers = new Option<string[]>("--servers") { Description = "cluster (a gateway and a silo), standalone, two-gateways, four-silos.", DefaultValueFactory = _ => ["cluster", "standalone"], AllowMultipleArgumentsPerToken = true };
        servers.AcceptOnlyFromAmong("cluster", "standalone", "two-gateways", "four-silos");
        var rounds = new Option<int>("--rounds") { Description = "How often each is loaded, in turn; medians are shown.", DefaultValueFactory = _ => 3 };
        var seconds = new Option<int>("--seconds") { Description = "How long each time.", DefaultValueFactory = _ => 4 };
        var output = new Option<string?>("--output") { Description = "A file for the table, in Markdown; the terminal without." };
        var check = new Option<string?>("--check") { Description = $"A file of stored ratios: the command fails when CPU a message is more than {Tolerance - 1:P0} over one of them." };
        var store = new Option<string?>("--store") { Description = "A file to store the ratios in." };
        var command = new Command("end-to-end", "What a message costs, beside a direct Kestrel echo on the same machine.") { loads, servers, rounds, seconds, output, check, store };
        command.SetAction((line, cancellation) => RunAsync(
            new(
                [.. MeasuredLoad.All.Where(l => line.GetRequiredValue(loads).Contains(l.Name))],
                line.GetRequiredValue(servers), line.GetRequiredValue(rounds), line.GetRequiredValue(seconds), line.GetValue(output), line.GetValue(check), line.GetValue(store)),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Settings settings, CancellationToken cancellation)
    {
        var table = new StringBuilder();
        var ratios = new Dictionary<string, double>();
        await using var direct = await MeasuredServer.DirectAsync();
        foreach (var name in settings.Servers)
        {
            await using var server = await StartAsync(name);
            foreach (var each in new[] { direct, server }) await LoadAsync(each, MeasuredLoad.All[1], seconds: 4, cancellation); // until it is compiled for what it does
            table.Append(CultureInfo.InvariantCulture, $"`{server.Name}` beside the direct echo (= 1):\n\n");
            table.Append("| | messages/s (W6: connections/s) | ratio | CPU a message | ratio | p50 | ratio | p99 | ratio |\n|---|---|---|---|---|---|---|---|---|\n");
            foreach (var load in settings.Loads)
            {
                var (own, over) = await CompareAsync(server, direct, load, settings, cancellation);
                ratios[$"{name} {load.Name}"] = Math.Round(over.Cpu, 2);
                table.Append(CultureInfo.InvariantCulture, $"| {load.Name} | {own.Rate:N0} | {over.Rate:0.00} | {own.Cpu:0.0} µs | {over.Cpu:0.00} | {own.P50:0.00} ms | {over.P50:0.00} | {own.P99:0.0} ms | {over.P99:0.0} |\n");
            }

            table.Append('\n');
        }

        if (settings.Output is { } file) await File.WriteAllTextAsync(file, table.ToString(), cancellation);
        else Console.Write(table);
        if (settings.Store is { } kept) await File.WriteAllTextAsync(kept, JsonSerializer.Serialize(ratios, Json) + "\n", cancellation);
        return settings.Check is { } stored ? await CheckAsync(stored, ratios, cancellation) : 0;
    }

    private static Task<MeasuredServer> StartAsync(string name) => name switch
    {
        "standalone" => MeasuredServer.StandaloneAsync(),
        "two-gateways" => MeasuredServer.ClusterAsync(gateways: 2, silos: 1),
        "four-silos" => MeasuredServer.ClusterAsync(gateways: 1, silos: 4),
        _ => MeasuredServer.ClusterAsync(gateways: 1, silos: 1),
    };

    private static async Task<(Measurement Own, Measurement Over)> CompareAsync(MeasuredServer server, MeasuredServer direct, MeasuredLoad load, Settings settings, CancellationToken cancellation)
    {
        List<Measurement> own = [], over = [];
        for (var round = 0; round < settings.Rounds; round++)
        {
            var mine = await LoadAsync(server, load, settings.Seconds, cancellation);
            own.Add(mine);
            over.Add(mine.Over(await LoadAsync(direct, load, settings.Seconds, cancellation)));
        }

        return (Measurement.Median(own), Measurement.Median(over));
    }

    private static async Task<Measurement> LoadAsync(MeasuredServer server, MeasuredLoad load, int seconds, CancellationToken cancellation)
    {
        var before = server.Cpu;
        await using var tester = EchoProcess.Start(
            EchoExecutable.LoadTest,
            ["run", .. load.Arguments, .. server.Addresses.SelectMany(a => new[] { "--target", $"line={a}" }), "--duration", $"{seconds}s", "--warmup", "0s", "--json", "run.json", "--quiet"]);
        var code = await tester.WaitForExitAsync(TimeSpan.FromSeconds(seconds + 30));
        var cpu = server.Cpu - before;
        if (code is not 0) throw new InvalidOperationException($"{load.Name} on {server.Name} is no measurement.\n{tester.Report()}");
        var result = await RunResultFile.ReadAsync(Path.Combine(tester.WorkingDirectory, "run.json"), cancellation);
        var total = result.Total;
        var (count, rate) = load.CountsConnections ? (total.ConnectionsOpened, total.ConnectionsPerSecond) : (total.Messages, total.MessagesPerSecond);
        return new(rate, cpu.TotalMicroseconds / count, total.Latency.P50 / 1000, total.Latency.P99 / 1000); // it has microseconds
    }

    private static async Task<int> CheckAsync(string file, Dictionary<string, double> ratios, CancellationToken cancellation)
    {
        var stored = JsonSerializer.Deserialize<Dictionary<string, double>>(await File.ReadAllTextAsync(file, cancellation)) ?? [];
        var worse = ratios.Where(r => !stored.TryGetValue(r.Key, out var known) || r.Value > known * Tolerance).ToList();
        foreach (var (key, ratio) in worse)
        {
            await Console.Error.WriteLineAsync(stored.TryGetValue(key, out var known)
                ? $"error: {key}: CPU a message is {ratio:0.00} times the direct echo's, and was {known:0.00} ({file})."
                : $"error: {key}: no ratio is stored in {file}; --store makes one.");
        }

        return worse.Count is 0 ? 0 : 1;
    }

    private sealed record Settings(IReadOnlyList<MeasuredLoad> Loads, string[] Servers, int Rounds, int Seconds, string? Output, string? Check, string? Store);
}
