using System.Diagnostics;
using System.Net;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Benchmarks.EndToEnd;

/// <summary>An echo that is measured: its processes, and where it listens.</summary>
/// <param name="Name">For people, and the key of its stored ratios.</param>
/// <param name="Processes">All of them: their CPU time is what a message costs.</param>
/// <param name="Addresses">Where it listens for lines.</param>
internal sealed record MeasuredServer(string Name, IReadOnlyList<EchoProcess> Processes, IReadOnlyList<EndPoint> Addresses) : IAsyncDisposable
{
    // A log line for each connection would be measured, too.
    private static readonly Dictionary<string, string> Quiet = new() { ["Logging__LogLevel__OrleansEcho.Gateway.Connections"] = "Warning" };

    /// <summary>User and system time of all its processes so far.</summary>
    public TimeSpan Cpu => Processes.Aggregate(TimeSpan.Zero, static (sum, process) => sum + process.Cpu);

    /// <summary>The direct Kestrel echo: what everything is measured by.</summary>
    public static async Task<MeasuredServer> DirectAsync()
    {
        var port = FreePorts.Next();
        var direct = EchoProcess.Start(
            EchoExecutable.Other("direct", "dotnet", typeof(DirectEcho).Assembly.Location),
            ["direct-echo", $"{port}"],
            new Dictionary<string, string> { ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1" });
        await direct.Output.WaitForAsync(DirectEcho.Ready);
        return new("direct", [direct], [new IPEndPoint(IPAddress.Loopback, port)]);
    }

    /// <summary>Gateway and silo in one process.</summary>
    public static async Task<MeasuredServer> StandaloneAsync()
    {
        var one = EchoProcess.Start(EchoExecutable.Standalone, EchoService.FreeListeners, Quiet);
        return new("standalone", [one], [await ReadyAsync(one)]);
    }

    /// <summary>So many gateways in front of so many silos. The silos do not know of each other, which is nothing to a connection: its grain is where its gateway put it.</summary>
    public static async Task<MeasuredServer> ClusterAsync(int gateways, int silos)
    {
        var processes = new List<EchoProcess>();
        var ports = new List<int>();
        var addresses = new List<EndPoint>();
        for (var i = 0; i < silos; i++)
        {
            var (port, gatewayPort) = (FreePorts.Next(), FreePorts.Next());
            var silo = EchoProcess.Start(EchoExecutable.Silo, ["--port", $"{port}", "--gateway-port", $"{gatewayPort}", "--management", "127.0.0.1:0"], Quiet);
            processes.Add(silo);
            ports.Add(gatewayPort);
            await silo.ManagementAsync();
        }

        for (var i = 0; i < gateways; i++)
        {
            var gateway = EchoProcess.Start(EchoExecutable.Gateway, [.. EchoService.FreeListeners, "--silos", string.Join(',', ports.Select(p => $"127.0.0.1:{p}"))], Quiet);
            processes.Add(gateway);
            addresses.Add(await ReadyAsync(gateway));
        }

        return new(gateways is 1 && silos is 1 ? "two processes" : $"{gateways} gateways, {silos} silos", processes, addresses);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes.Reverse()) await process.DisposeAsync();
    }

    private static async Task<EndPoint> ReadyAsync(EchoProcess front)
    {
        var address = await front.ListenerAsync("line");
        var management = await front.ManagementAsync();
        using var http = new HttpClient();
        var patience = Stopwatch.StartNew();
        while (true)
        {
            using var answer = await http.GetAsync(new Uri(management, "/health/ready"));
            if (answer.StatusCode is HttpStatusCode.OK) return address;
            if (patience.Elapsed > TimeSpan.FromSeconds(30)) throw new TimeoutException($"{front.Name} is not ready.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}
