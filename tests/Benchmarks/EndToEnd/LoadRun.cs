using OrleansEcho.LoadTest.Results;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>One run of the load tester against a server.</summary>
/// <param name="Total">What it counted. Every echo was checked, byte by byte.</param>
/// <param name="SendLag">How late it sent, in an open loop.</param>
/// <param name="Cpu">What the server's processes used for it; the load tester is a process of its own, and not among them.</param>
internal sealed record LoadRun(LoadFigures Total, LatencyFigures SendLag, TimeSpan Cpu)
{
    // The load tester's exit codes: with the second it says that it was the bottleneck. That is nothing to the servers' CPU, and beside the latency stands how late it sent.
    private static readonly int[] Good = [0, 4];

    /// <summary>Loads a server.</summary>
    /// <param name="server">Whom.</param>
    /// <param name="load">What the load tester takes for it.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="cancellation">Ends the load tester.</param>
    /// <exception cref="MeasurementException">A message was not echoed as it should be, or there was no run.</exception>
    public static async Task<LoadRun> MakeAsync(MeasuredServer server, IEnumerable<string> load, int seconds, CancellationToken cancellation)
    {
        var before = server.Cpu;
        await using var tester = Start(server, load, seconds);
        await EndAsync(tester, server, seconds, cancellation);
        var cpu = server.Cpu - before;
        var result = await RunResultFile.ReadAsync(ResultOf(tester), cancellation);
        return new(result.Total, result.Generator.SendLag, cpu);
    }

    /// <summary>Starts the load tester, without a warm-up: what it counts and what the servers use is of the same time.</summary>
    public static EchoProcess Start(MeasuredServer server, IEnumerable<string> load, int seconds) => EchoProcess.Start(
        EchoExecutable.LoadTest,
        ["run", .. load, .. server.Addresses.SelectMany(a => new[] { "--target", $"line={a}" }), "--duration", $"{seconds}s", "--warmup", "0s", "--json", "run.json", "--quiet"]);

    /// <summary>Waits for its end.</summary>
    /// <exception cref="MeasurementException">A message was not echoed as it should be, or there was no run.</exception>
    public static async Task EndAsync(EchoProcess tester, MeasuredServer server, int seconds, CancellationToken cancellation)
    {
        var code = await tester.WaitForExitAsync(TimeSpan.FromSeconds(seconds + 60)).WaitAsync(cancellation);
        if (Good.Contains(code)) return;
        throw new MeasurementException($"What {server.Name} was loaded with is no measurement. {await WhyAsync(tester, cancellation)}\n{tester.Report()}");
    }

    // The load tester's own words, if it came to a result.
    private static async Task<string> WhyAsync(EchoProcess tester, CancellationToken cancellation)
    {
        var file = ResultOf(tester);
        return File.Exists(file) ? string.Join(' ', (await RunResultFile.ReadAsync(file, cancellation)).Remarks) : "";
    }

    private static string ResultOf(EchoProcess tester) => Path.Combine(tester.WorkingDirectory, "run.json");
}
