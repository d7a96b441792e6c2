using System.CommandLine;
using System.Globalization;
using System.Text;
using OrleansEcho.Testing;

namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>
/// What an idle connection costs each process: its anonymous memory before and while connections are held that have each had one echo, divided by their number. The kernel's
/// buffers are not in it, and what a process keeps of an earlier load is: each round has a process of its own.
/// </summary>
internal static class MemoryCommand
{
    // After the last connection has come: until its echo is back, and what that needed is done.
    private const int SettleSeconds = 5;

    // So long after it was looked, each idle one sends once more: a run in which no message is counted is none to the load tester. And so long after it was looked the load ends.
    private const int IdleSeconds = 10;
    private const int EndSeconds = 20;

    // Compiled, and the heap as large as some use makes it: neither is a connection's.
    private static readonly string[][] Use = [["--connections", "64", "--size", "32", "--churn", "1"], ["--connections", "64", "--size", "32", "--depth", "1"]];
    private const int UseSeconds = 3;

    // What .NET lets pile up before it collects is no connection's, and tens of megabytes where the processor's cache is large: so 1 MiB (it reads hexadecimal digits).
    private const string GarbageVariable = "DOTNET_GCgen0size";
    private const string Garbage = "100000";

    /// <summary>The command <c>memory</c>.</summary>
    public static Command Make()
    {
        var servers = CommandParts.Servers(ServerVariant.Cluster);
        var connections = CommandParts.Number("--connections", 10_000, "How many are held; 10,000 at most, for which a process needs as many descriptors and a few hundred.");
        var rounds = CommandParts.Number("--rounds", 3, "How often, each time with new processes; medians are shown.");
        var settle = CommandParts.Number("--settle", SettleSeconds, "For how many seconds they are held before it is looked.");
        var messages = CommandParts.Number("--messages", 0, "How many messages a second they send meanwhile, all together, so that .NET collects what opening them has left; none without it.");
        var output = CommandParts.Output();
        var command = new Command("memory", "What an idle connection costs each process, beside a direct Kestrel echo.") { servers, connections, rounds, settle, messages, output };
        command.SetMeasurement(async (line, cancellation) =>
        {
            Environment.SetEnvironmentVariable(GarbageVariable, Garbage); // the processes inherit it
            ServerVariant[] variants = [new("direct", "a direct Kestrel echo", MeasuredServer.DirectAsync), .. ServerVariant.Named(line.GetRequiredValue(servers))];
            var holding = new Holding(line.GetRequiredValue(connections), line.GetRequiredValue(settle), line.GetRequiredValue(messages));
            var table = await MeasureAsync(variants, holding, line.GetRequiredValue(rounds), cancellation);
            await CommandParts.WriteAsync(table, line.GetValue(output), cancellation);
            return 0;
        });
        return command;
    }

    private static async Task<string> MeasureAsync(ServerVariant[] variants, Holding holding, int rounds, CancellationToken cancellation)
    {
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"Anonymous memory, {holding.Connections:N0} connections held, {holding.Messages:N0} messages/s over all of them, after {holding.Seconds} s, medians of {rounds}:\n\n| | process | before | held | bytes a connection | of single rounds |\n|---|---|---|---|---|---|\n");
        foreach (var variant in variants)
        {
            CommandParts.Tell($"{variant.Name}: {variant.Description}");
            var found = new List<ProcessMemory[]>();
            for (var round = 0; round < rounds; round++) found.Add(await HoldAsync(variant, holding, cancellation));
            for (var i = 0; i < found[0].Length; i++)
            {
                var (before, held) = (Median.Of(found.Select(f => (double)f[i].Before)), Median.Of(found.Select(f => (double)f[i].Held)));
                var each = found.ConvertAll(f => (double)(f[i].Held - f[i].Before) / holding.Connections);
                table.Append(
                    CultureInfo.InvariantCulture,
                    $"| {variant.Name} | {found[0][i].Process} | {before / 1e6:0.0} MB | {held / 1e6:0.0} MB | {Median.Of(each):N0} | {each.Min():N0}–{each.Max():N0} |\n");
            }
        }

        return table.ToString();
    }

    private static async Task<ProcessMemory[]> HoldAsync(ServerVariant variant, Holding holding, CancellationToken cancellation)
    {
        await using var server = await variant.StartAsync();
        foreach (var use in Use) await LoadRun.MakeAsync(server, use, UseSeconds, cancellation);
        await Task.Delay(TimeSpan.FromSeconds(SettleSeconds), TimeProvider.System, cancellation);
        var (before, descriptors) = (server.Processes.Select(p => p.AnonymousBytes).ToList(), server.Fronts.Sum(p => p.Descriptors));
        await using var tester = LoadRun.Start(server, holding.Load, holding.LoadSeconds);
        await Deadline.UntilAsync(() => Task.FromResult(server.Fronts.Sum(p => p.Descriptors) >= descriptors + holding.Connections), $"{server.Name} to hold {holding.Connections} connections");
        await Task.Delay(TimeSpan.FromSeconds(holding.Seconds), TimeProvider.System, cancellation);
        var held = server.Processes.Select(p => p.AnonymousBytes).ToList();
        await LoadRun.EndAsync(tester, server, holding.LoadSeconds, cancellation); // each connection had its echo, or it says so
        return [.. server.Processes.Select((p, i) => new ProcessMemory(p.Name.Split(' ')[0], before[i], held[i]))];
    }

    /// <summary>How connections are held.</summary>
    /// <param name="Connections">How many.</param>
    /// <param name="Seconds">For how long, once all are there, before it is looked.</param>
    /// <param name="Messages">How many messages a second they send all together.</param>
    private readonly record struct Holding(int Connections, int Seconds, int Messages)
    {
        public int LoadSeconds => Seconds + EndSeconds;

        public string[] Load =>
        [
            "--connections", $"{Connections}", "--size", "32",
            .. (string[])(Messages > 0 ? ["--rate", $"{Messages}"] : ["--hold", $"{Seconds + IdleSeconds}s"]),
        ];
    }

    private readonly record struct ProcessMemory(string Process, long Before, long Held);
}
