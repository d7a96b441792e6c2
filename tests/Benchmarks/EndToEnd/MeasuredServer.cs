using System.Net;
using OrleansEcho.Testing;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>An echo that is measured: its processes, and where it listens.</summary>
/// <param name="Name">For people.</param>
/// <param name="Processes">All of them: their CPU time is what a message costs.</param>
/// <param name="Fronts">Those of them that hold the connections.</param>
/// <param name="Addresses">Where it listens for lines.</param>
internal sealed record MeasuredServer(string Name, IReadOnlyList<EchoProcess> Processes, IReadOnlyList<EchoProcess> Fronts, IReadOnlyList<EndPoint> Addresses) : IAsyncDisposable
{
    // A quota on a store that remembers nothing lends nothing for a lease time, 17 s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // A log line for each connection would be measured, too.
    private static readonly Dictionary<string, string> Quiet = new() { ["Logging__LogLevel__OrleansEcho.Gateway.Connections"] = "Warning" };

    // More than is ever loaded, 10,000, and half of the descriptors that many machines give a process.
    private static readonly string[] FrontArguments = ["--listen", "line=127.0.0.1:0", "--management", "127.0.0.1:0", "--max-connections", "10500"];

    /// <summary>User and system time of all its processes so far.</summary>
    public TimeSpan Cpu => Processes.Aggregate(TimeSpan.Zero, static (sum, process) => sum + process.Cpu);

    /// <summary>The direct Kestrel echo: what everything is measured by.</summary>
    public static Task<MeasuredServer> DirectAsync() => MakeAsync("direct", async own =>
    {
        var port = FreePorts.Next();
        var direct = own(EchoProcess.Start(
            EchoExecutable.Other("direct", "dotnet", typeof(DirectEcho).Assembly.Location),
            ["direct-echo", $"{port}"],
            new Dictionary<string, string> { ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1" }));
        await direct.Output.WaitForAsync(DirectEcho.Ready);
        return [(direct, new IPEndPoint(IPAddress.Loopback, port))];
    });

    /// <summary>Gateway and silo in one process.</summary>
    public static Task<MeasuredServer> StandaloneAsync() => MakeAsync("standalone", async own =>
    {
        var one = own(EchoProcess.Start(EchoExecutable.Standalone, FrontArguments, Quiet));
        return [(one, await ReadyAsync(one))];
    });

    /// <summary>So many gateways in front of so many silos. The silos do not know of each other, which is nothing to a connection: its grain is where its gateway put it.</summary>
    public static Task<MeasuredServer> ClusterAsync(string name, int gateways = 1, int silos = 1, params string[] siloArguments) => MakeAsync(name, async own =>
    {
        var addresses = new List<string>();
        for (var i = 0; i < silos; i++)
        {
            var (port, gatewayPort) = (FreePorts.Next(), FreePorts.Next());
            var silo = own(EchoProcess.Start(EchoExecutable.Silo, ["--port", $"{port}", "--gateway-port", $"{gatewayPort}", "--management", "127.0.0.1:0", .. siloArguments], Quiet));
            addresses.Add($"127.0.0.1:{gatewayPort}");
            await silo.ManagementAsync();
        }

        var fronts = new List<(EchoProcess, EndPoint)>();
        for (var i = 0; i < gateways; i++)
        {
            var gateway = own(EchoProcess.Start(EchoExecutable.Gateway, [.. FrontArguments, "--silos", string.Join(',', addresses)], Quiet));
            fronts.Add((gateway, await ReadyAsync(gateway)));
        }

        return fronts;
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes.Reverse()) await process.DisposeAsync();
    }

    // None of its processes survives a start that fails.
    private static async Task<MeasuredServer> MakeAsync(string name, Func<Func<EchoProcess, EchoProcess>, Task<List<(EchoProcess Front, EndPoint Address)>>> start)
    {
        var processes = new List<EchoProcess>();
        try
        {
            var fronts = await start(process =>
            {
                processes.Add(process);
                return process;
            });
            return new(name, processes, [.. fronts.Select(f => f.Front)], [.. fronts.Select(f => f.Address)]);
        }
        catch (TimeoutException late)
        {
            var report = string.Join('\n', processes.Select(p => p.Report()));
            foreach (var process in processes) await process.DisposeAsync();
            throw new MeasurementException($"{name} did not start: {late.Message}\n{report}", late);
        }
    }

    private static async Task<EndPoint> ReadyAsync(EchoProcess front)
    {
        var address = await front.ListenerAsync("line");
        var ready = new Uri(await front.ManagementAsync(), "/health/ready");
        await Deadline.UntilAsync(async () => (await EchoService.GetAsync(ready)).Status is HttpStatusCode.OK, $"{front.Name} to be ready", Patience);
        return address;
    }
}
