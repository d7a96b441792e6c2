using System.CommandLine;
using System.Globalization;
using System.Text;

namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>
/// The slowest messages at half load: first the rate that the product saturates at, in a closed loop, then half of that in an open one,
/// of the product and of the direct echo in turn. Both get the same rate, which is less than half of what the direct one can do.
/// Latency counts from when a message was due.
/// </summary>
internal static class TailCommand
{
    /// <summary>The command <c>tail</c>.</summary>
    public static Command Make()
    {
        var loads = MeasuredLoad.All.Where(l => !l.CountsConnections).ToList();
        var load = new Option<string>("--load")
        {
            Description = "The load whose rate is halved, and whose connections and size are kept.",
            DefaultValueFactory = _ => "W1",
        };
        load.AcceptOnlyFromAmong([.. loads.Select(l => l.Name)]);
        var servers = CommandParts.Servers(ServerVariant.Cluster);
        var rounds = CommandParts.Number("--rounds", 5, "How often each is loaded, in turn; medians are shown.");
        var seconds = CommandParts.Number("--seconds", 6, "How long each time.");
        var warmup = CommandParts.Warmup();
        var output = CommandParts.Output();
        var command = new Command("tail", "The slowest messages at half load, beside a direct Kestrel echo at the same rate.")
        {
            load,
            servers,
            rounds,
            seconds,
            warmup,
            output,
        };
        command.SetMeasurement(async (line, cancellation) =>
        {
            var settings = new TailSettings(loads.Single(l => l.Name == line.GetRequiredValue(load)), line.GetRequiredValue(rounds),
                line.GetRequiredValue(seconds), line.GetRequiredValue(warmup));
            var table = await MeasureAsync(ServerVariant.Named(line.GetRequiredValue(servers)), settings, cancellation);
            await CommandParts.WriteAsync(table, line.GetValue(output), cancellation);
            return 0;
        });
        return command;
    }

    private static async Task<string> MeasureAsync(
        IReadOnlyList<ServerVariant> variants, TailSettings settings, CancellationToken cancellation)
    {
        await using var servers = await RunningServers.StartAsync(variants);
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture,
            $"{settings.Load.Name} ({settings.Load.Description}), at half of its rate, medians of {settings.Rounds}:\n\n");
        table.Append(
            "| | messages/s | p50 | p99 | p99.9 | sent late, p99 | p99, ratio | of single rounds |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var (variant, server) in servers.Taking(settings.Load))
        {
            await settings.Load.WarmUpAsync(servers.Direct, settings.Warmup, cancellation);
            await settings.Load.WarmUpAsync(server, settings.Warmup, cancellation);
            var saturated = await settings.Load.MeasureAsync(server, settings.Seconds, cancellation);
            var rate = (int)(saturated.Rate / 2);
            CommandParts.Tell(
                FormattableString.Invariant($"{variant.Name}: saturated at {saturated.Rate:N0} messages/s, loaded with {rate:N0}"));
            List<Tail> own = [], direct = [];
            for (var round = 0; round < settings.Rounds; round++)
            {
                var isOwnFirst = round % 2 is 0;
                if (isOwnFirst) own.Add(await LoadAsync(server, rate, settings, cancellation));
                direct.Add(await LoadAsync(servers.Direct, rate, settings, cancellation));
                if (!isOwnFirst) own.Add(await LoadAsync(server, rate, settings, cancellation));
            }

            var ratios = own.Zip(direct, static (mine, its) => mine.P99 / its.P99).ToList();
            Append(table, variant.Name, own,
                FormattableString.Invariant($"{Median.Of(ratios):0.0} | {ratios.Min():0.0}–{ratios.Max():0.0}"));
            Append(table, "direct", direct, " | ");
        }

        return table.ToString();
    }

    private static async Task<Tail> LoadAsync(MeasuredServer server, int rate, TailSettings settings, CancellationToken cancellation)
    {
        var run = await LoadRun.MakeAsync(server, [.. settings.Load.WithoutDepth, "--rate", $"{rate}"], settings.Seconds, cancellation);
        var latency = run.Total.Latency;
        // It has microseconds.
        return new(run.Total.MessagesPerSecond, latency.P50 / 1000, latency.P99 / 1000, latency.P999 / 1000, run.SendLag.P99 / 1000);
    }

    private static void Append(StringBuilder table, string name, List<Tail> all, string ratio) => table.Append(
        CultureInfo.InvariantCulture,
        $"| {name} | {Median.Of(all.Select(t => t.Rate)):N0} | {Median.Of(all.Select(t => t.P50)):0.00} "
        + $"ms | {Median.Of(all.Select(t => t.P99)):0.00} ms | {Median.Of(all.Select(t => t.P999)):0.00} ms | "
        + $"{Median.Of(all.Select(t => t.SentLate)):0.00} ms | {ratio} |\n");

    private sealed record TailSettings(MeasuredLoad Load, int Rounds, int Seconds, int Warmup);

    /// <summary>One open loop, in milliseconds.</summary>
    private readonly record struct Tail(double Rate, double P50, double P99, double P999, double SentLate);
}
