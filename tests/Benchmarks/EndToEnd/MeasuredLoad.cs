namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>One of the loads of docs/performance.md.</summary>
/// <param name="Name">W1 to W6.</param>
/// <param name="Description">For people.</param>
/// <param name="Arguments">What the load tester takes for it.</param>
/// <param name="CountsConnections">Whether a connection is what is counted, and not a message.</param>
internal sealed record MeasuredLoad(string Name, string Description, string[] Arguments, bool CountsConnections = false)
{
    public static IReadOnlyList<MeasuredLoad> All { get; } =
    [
        new("W1", "64 connections, 32 B, depth 1", ["--connections", "64", "--size", "32", "--depth", "1"]),
        new("W2", "64 connections, 32 B, depth 16", ["--connections", "64", "--size", "32", "--depth", "16"]),
        new("W3", "1 connection, 32 B, depth 1", ["--connections", "1", "--size", "32", "--depth", "1"]),
        new("W4", "256 connections, 1 KiB, depth 4", ["--connections", "256", "--size", "1024", "--depth", "4"]),
        new("W5", "1000 connections, 32 B, depth 1", ["--connections", "1000", "--size", "32", "--depth", "1"]),
        new("W6", "connect, one echo, close; 64 at a time", ["--connections", "64", "--size", "32", "--churn", "1"], CountsConnections: true),
    ];

    /// <summary>Its connections and its size, for a rate: how many are in flight then follows from how long they take.</summary>
    public IEnumerable<string> WithoutDepth => Arguments.Take(Math.Max(0, Array.IndexOf(Arguments, "--depth")));

    /// <summary>Loads a server with it.</summary>
    public async Task<Measurement> MeasureAsync(MeasuredServer server, int seconds, CancellationToken cancellation)
    {
        var run = await LoadRun.MakeAsync(server, Arguments, seconds, cancellation);
        var (count, rate) = CountsConnections ? (run.Total.ConnectionsOpened, run.Total.ConnectionsPerSecond) : (run.Total.Messages, run.Total.MessagesPerSecond);
        return new(rate, run.Cpu.TotalMicroseconds / count, run.Total.Latency.P50 / 1000, run.Total.Latency.P99 / 1000); // it has microseconds
    }
}
