using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Text.RegularExpressions;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// The script that starts a cluster on one machine: what it starts works, what it says is true, and it leaves nothing behind.
/// </summary>
public sealed partial class LocalClusterTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("local-").FullName;

    [Fact]
    public async Task Up_StartsAClusterThatEchoes_AndDown_EndsAllOfIt()
    {
        Assert.SkipUnless(
            AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal), "It starts what was built for release.");
        OutsideProgram.SkipUnlessInstalled("python3");
        OutsideProgram.SkipUnlessInstalled("redis-server"); // Garnet in its place would have to be fetched

        // 1. Up: a table of all that runs, and a line to try.
        var up = await RunAsync("up", "--no-build", "--silos", "2", "--gateways", "2");
        Assert.Equal((0, ""), (up.Code, up.Error));
        var nodes = ReadTable(up.Output);
        Assert.Equal(["store", "silo-1", "silo-2", "gateway-1", "gateway-2"], nodes.Select(n => n.Name));
        Assert.All(nodes, n => Assert.Equal("ready", n.State));
        var gateways = nodes.Where(n => n.Name.StartsWith("gateway", StringComparison.Ordinal)).ToList();
        Assert.EndsWith($"\n\nTry: printf 'hello\\n' | nc -N 127.0.0.1 {gateways[0].Ports["line"]}\n", up.Output, StringComparison.Ordinal);

        // 2. An echo through each listener of each gateway.
        foreach (var gateway in gateways)
        {
            foreach (var (listener, message) in Messages)
            {
                using var peer = await Peer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, gateway.Ports[listener]));
                await peer.SendAsync(message);
                Assert.Equal(message, await peer.ReceiveAsync(message.Length));
            }
        }

        // 3. A silo is killed and comes back on its ports; what cannot be done is said in a line.
        Assert.Matches(@"^silo-2 is killed, after \d\.\d s\.\n$", (await RunAsync("kill", "silo-2")).Output);
        Assert.Equal("ended", ReadTable((await RunAsync("status")).Output).Single(n => n.Name is "silo-2").State);
        Assert.Equal(
            (1, "error: silo-2 is not running; start it with: deploy/local/cluster start silo-2\n"), await FailAsync("stop", "silo-2"));
        Assert.Equal((1, "error: a cluster is up already; 'deploy/local/cluster status' shows it, 'deploy/local/cluster down' ends it.\n"),
            await FailAsync("up", "--no-build"));
        Assert.Equal((1, "error: there is no 'silo-3' in this cluster; there are store, silo-1, silo-2, gateway-1, gateway-2.\n"),
            await FailAsync("kill", "silo-3"));
        Assert.Matches(@"^silo-2 is ready, as process \d+\.\n$", (await RunAsync("start", "silo-2")).Output);
        nodes = ReadTable((await RunAsync("status")).Output);
        Assert.All(nodes, n => Assert.Equal("ready", n.State));

        // 4. Down: no process, no port, no state; the logs stay.
        var down = await RunAsync("down");
        Assert.Equal((0, "The cluster is down.\n", ""), (down.Code, down.Output, down.Error));
        Assert.All(nodes, n => Assert.False(Lives(n.Process), $"{n.Name} is left."));
        var left = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(l => l.Port);
        Assert.Empty(nodes.SelectMany(n => n.Ports.Values).Intersect(left));
        Assert.Equal(["gateway-1.log", "gateway-2.log", "lock", "silo-1.log", "silo-2.log", "store.log"],
            Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal((1, "error: no cluster is up; start one with: deploy/local/cluster up\n"), await FailAsync("down"));
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(_folder, "cluster.json"))) await RunAsync("down"); // the test has failed
        Directory.Delete(_folder, recursive: true);
    }

    private static (string Listener, string Message)[] Messages { get; } =
        [("line", "hello\n"), ("length-prefixed", "\0\0\0\u0005hello"), ("raw", "hello")];

    // What has ended may wait for somebody to ask for its exit code.
    private static bool Lives(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static List<(string Name, string State, int Process, Dictionary<string, int> Ports)> ReadTable(string output)
    {
        var lines = output.Split("\n\n")[0].TrimEnd('\n').Split('\n');
        Assert.Matches("^name +state +pid +ports on 127.0.0.1$", lines[0]);
        return [.. lines[1..].Select(line => Row().Match(line)).Select(row =>
        {
            Assert.True(row.Success, output);
            var process = row.Groups["pid"].Value is "-" ? 0 : int.Parse(row.Groups["pid"].Value, CultureInfo.InvariantCulture);
            return (row.Groups["name"].Value, row.Groups["state"].Value, process, Port().Matches(row.Groups["ports"]
                .Value).ToDictionary(p => p.Groups[1].Value, p => int.Parse(p.Groups[2].Value, CultureInfo.InvariantCulture)));
        })];
    }

    private async Task<(int Code, string Error)> FailAsync(params string[] command)
    {
        var (code, output, error) = await RunAsync(command);
        Assert.Equal("", output);
        return (code, error);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo("python3", [Repository.PathOf("deploy", "local", "cluster"), .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ORLEANSECHO_CLUSTER"] = _folder;
        using var process = Process.Start(start)!;
        var (output, error) =
            (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        // It gives up by itself after 120.
        await process.WaitForExitAsync(CancellationToken.None)
            .WithinAsync($"'{string.Join(' ', command)}' to end", TimeSpan.FromSeconds(150));
        return (process.ExitCode, await output, await error);
    }

    [GeneratedRegex(@"^(?<name>\S+) +(?<state>ready|not ready|ended) +(?<pid>\d+|-) +(?<ports>.*)$")]
    private static partial Regex Row();

    [GeneratedRegex(@"(\S+) (\d+)")]
    private static partial Regex Port();
}
