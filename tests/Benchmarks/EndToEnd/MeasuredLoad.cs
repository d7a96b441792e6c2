namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>One of the loads of docs/performance.md.</summary>
/// <param name="Name">W1 to W6.</param>
/// <param name="Description">For people.</param>
/// <param name="Arguments">What the load tester takes for it.</param>
/// <param name="CountsConnections">Whether a connection is what is counted, and not a message.</param>
/// <param name="IsJudged">Whether CPU a message says something that can be held against a stored ratio.</param>
internal sealed record MeasuredLoad(string Name, string Description, string[] Arguments, bool CountsConnections = false, bool IsJudged = true)
{
    // It falls to a quarter in about four seconds where nothing else is done, and then no more.
    private const double StillFalling = 0.9;
    private const int MostWarmUps = 8;

    public static IReadOnlyList<MeasuredLoad> All { get; } =
    [
        new("W1", "64 connections, 32 B, depth 1", ["--connections", "64", "--size", "32", "--depth", "1"]),
        new("W2", "64 connections, 32 B, depth 16", ["--connections", "64", "--size", "32", "--depth", "16"]),
        new("W3", "1 connection, 32 B, depth 1", ["--connections", "1", "--size", "32", "--depth", "1"], IsJudged: false), // most of it is threads that spin while they wait: a half more or less from round to round
        new("W4", "256 connections, 1 KiB, depth 4", ["--connections", "256", "--size", "1024", "--depth", "4"]),
        new("W5", "1000 connections, 32 B, depth 1", ["--connections", "1000", "--size", "32", "--depth", "1"]),
        new("W6", "connect, one echo, close; 64 at a time", ["--connections", "64", "--size", "32", "--churn", "1"], CountsConnections: true),
    ];

    /// <summary>Its connections and its size, for a rate: how many are in flight then follows from how long they take.</summary>
    public IEnumerable<string> WithoutDepth => Arguments.Take(Math.Max(0, Array.IndexOf(Arguments, "--depth")));

    /// <summary>
    /// Loads a server with it until .NET has compiled for good what it uses often: until CPU a message falls by less than a tenth from one time to the next. How long that takes
    /// depends on the machine, and on how many processes share the load.
    /// </summary>
    /// <param name="server">Whom.</param>
    /// <param name="seconds">How long each time.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task WarmUpAsync(MeasuredServer server, int seconds, CancellationToken cancellation)
    {
        var last = double.PositiveInfinity;
        for (var i = 0; i < MostWarmUps; i++)
        {
            var now = (await MeasureAsync(server, seconds, cancellation)).Cpu;
            if (now > StillFalling * last) return;
            last = now;
        }
    }

    /// <summary>Loads a server with it.</summary>
    public async Task<Measurement> MeasureAsync(MeasuredServer server, int seconds, CancellationToken cancellation)
    {
        var run = await LoadRun.MakeAsync(server, Arguments, seconds, cancellation);
        var (count, rate) = CountsConnections ? (run.Total.ConnectionsOpened, run.Total.ConnectionsPerSecond) : (run.Total.Messages, run.Total.MessagesPerSecond);
        return new(rate, run.Cpu.TotalMicroseconds / count, run.Total.Latency.P50 / 1000, run.Total.Latency.P99 / 1000); // it has microseconds
    }
}
