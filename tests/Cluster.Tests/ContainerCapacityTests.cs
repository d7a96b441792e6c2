using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// What deploy/kubernetes promises of a gateway's container: within its memory it holds as many connections as it may, also when all of
/// them send and do not read, and serves those that do. <c>CAPACITY=whole</c> tries what is written there; without it, a quarter.
/// </summary>
[Collection(Alone.Name)]
public sealed partial class ContainerCapacityTests : ProcessTest
{
    private const int PromptPeers = 20;
    private const int ConnectingAtATime = 64;

    // Of one socket, what the kernel holds at most beside what its receive buffer may take: docs/performance.md, A capacity formula.
    private const int BytesToSend = 16 * 1024;

    private static readonly bool IsWhole = Environment.GetEnvironmentVariable("CAPACITY") is "whole";

    // The whole one is longer than a peer may leave its echoes unread.
    private static readonly TimeSpan Flood = TimeSpan.FromSeconds(IsWhole ? 90 : 10);

    // All at once would be a test of how fast the machine copies so many sets to the silo and back.
    private static readonly TimeSpan Rise = Flood / 4;

    private static readonly TimeSpan PauseOfAPromptPeer = TimeSpan.FromMilliseconds(20);

    // docs/performance.md says it of a machine that has more to do than it can.
    private static readonly TimeSpan LongestEcho = Deadline.Promised(3);

    private static readonly byte[] Lines =
        Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 1023) + "\n", 64)));

    private int _connected;

    [Theory]
    [InlineData("0")]
    [InlineData("-1")] // Kestrel's transport
    public async Task AContainerFullOfPeersThatDoNotRead_StaysWithinItsMemory_AndServesTheOthers(string socketThreads)
    {
        var manifest = Manifest.Read();
        var container = Keep(await MemoryContainer.CreateAsync(manifest.MemoryBytes));
        var service = new EchoService(
            Topology.TwoProcesses, [$"--Gateway:SocketThreads={socketThreads}", .. manifest.Arguments], Own)
        {
            FrontThrough = container.Through,
            FrontEnvironment = manifest.Environment,
        };
        await service.StartAsync();

        // 1. All of them come, and are accepted.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        using var turns = new SemaphoreSlim(ConnectingAtATime);
        using var mayFlood = new SemaphoreSlim(0);
        var prompt = await Task.WhenAll(Enumerable.Range(0, PromptPeers).Select(_ => Peer.ConnectAsync(service.Line)));
        var slow = Enumerable.Range(0, manifest.Connections - PromptPeers)
            .Select(i => BeSlowAsync(service.Line, readsNothing: i % 2 is 0, turns, mayFlood, end.Token)).ToList();
        await Deadline.UntilAsync(
            () => Task.FromResult(Volatile.Read(ref _connected) == slow.Count), $"{slow.Count} first echoes", TimeSpan.FromMinutes(2));
        await service.ActiveAsync(manifest.Connections);

        // 2. They send, and do not read.
        var served = prompt.Select(peer => EchoUntilAsync(peer, end.Token)).ToList();
        var start = TimeProvider.System.GetTimestamp();
        var (most, mostInSockets, released) = (0L, 0L, 0);
        await Deadline.UntilAsync(
            async () =>
            {
                most = Math.Max(most, container.UsedBytes);
                mostInSockets = Math.Max(mostInSockets, container.SocketBytes);
                var elapsed = TimeProvider.System.GetElapsedTime(start);
                var due = (int)(slow.Count * Math.Min(1, elapsed / Rise));
                if (due > released) mayFlood.Release(due - released);
                released = due;
                return elapsed > Flood && (await ClosedAsync(service)).ContainsKey("BuffersExhausted");
            },
            "the peers to use up the gateway's budget",
            Flood + Deadline.Generous); // a busy machine moves little in ten seconds
        var closed = await ClosedAsync(service);
        var budget = await service.MetricAsync("echo_gateway_buffers_limit_bytes");
        await end.CancelAsync();
        var longest = (await Task.WhenAll(served)).Max();
        await Task.WhenAll(slow);

        // 3. What it took.
        var account = string.Create(
            CultureInfo.InvariantCulture,
            $"Of {manifest.MemoryBytes >> 20} MiB {most >> 20} were used, {mostInSockets >> 20} of them in sockets, the budget is "
            + $"{(long)budget >> 20}; {container.Kills} processes were killed for it; the longest echo "
            + $"took {longest.TotalSeconds:0.00} s; closed: {string.Join(", ", closed)}.");
        TestContext.Current.TestOutputHelper?.WriteLine(account);
        Assert.True(container.Kills is 0 && most < manifest.MemoryBytes, account);
        Assert.True(mostInSockets < manifest.Connections * ((2L * manifest.ReceiveBufferBytes) + BytesToSend), account);
        Assert.True(longest < LongestEcho, account);
        foreach (var peer in prompt)
        {
            await peer.EchoLineAsync("after");
            peer.Dispose();
        }

        // 4. It was as much as it should be: .NET saw the limit, and peers wanted more than the budget.
        Assert.True(budget < manifest.MemoryBytes / 2 && most > manifest.MemoryBytes / 2, account);
        // None of the slow peers finishes: PeerClosed is the gateway's own probe, where the machine was so busy that it had given up.
        Assert.All(closed.Keys, reason => Assert.Contains(reason, (string[])["BuffersExhausted", "SendTimeout", "PeerClosed"]));
    }

    /// <summary>How many connections were closed, by reason.</summary>
    private static async Task<Dictionary<string, double>> ClosedAsync(EchoService service)
    {
        var closed = new Dictionary<string, double>();
        foreach (Match reason in CloseReasons().Matches((await service.GetAsync("/metrics")).Body))
        {
            var name = reason.Groups[1].Value;
            var count = await service.MetricAsync("echo_gateway_connections_closed_total", $"echo_close_reason=\"{name}\"");
            if (count > 0) closed[name] = count;
        }

        return closed;
    }

    /// <summary>Echoes all the time.</summary>
    /// <returns>How long the longest echo took.</returns>
    private static async Task<TimeSpan> EchoUntilAsync(Peer peer, CancellationToken end)
    {
        var longest = TimeSpan.Zero;
        while (!end.IsCancellationRequested)
        {
            var start = TimeProvider.System.GetTimestamp();
            await peer.EchoLineAsync("prompt");
            var took = TimeProvider.System.GetElapsedTime(start);
            if (took > longest) longest = took;
            await Task.Delay(PauseOfAPromptPeer, TimeProvider.System, Cancelled);
        }

        return longest;
    }

    /// <summary>Sends without end, reads nothing or a little, and comes back when it is cut off.</summary>
    private async Task BeSlowAsync(EndPoint address, bool readsNothing, SemaphoreSlim turns, SemaphoreSlim mayFlood, CancellationToken end)
    {
        var isNew = true;
        while (!end.IsCancellationRequested)
        {
            // Small, so that what the kernel holds is the gateway's. No peer lingers when it goes.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            {
                ReceiveBufferSize = 4096,
                SendBufferSize = 4096,
                NoDelay = true,
                LingerState = new LingerOption(true, 0),
            };
            try
            {
                var isIn = await ConnectAsync(socket, address, turns, end);
                if (isNew && isIn)
                {
                    isNew = false;
                    Interlocked.Increment(ref _connected);
                    await mayFlood.WaitAsync(end);
                }

                var reading = readsNothing || !isIn ? Task.CompletedTask : ReadSlowlyAsync(socket, end);
                while (isIn) await socket.SendAsync(Lines, end);
                await reading;
            }
            catch (Exception cut) when (cut is SocketException or OperationCanceledException)
            {
                // It is cut off, refused, or the end.
            }
        }
    }

    /// <summary>Connects, and waits for an echo.</summary>
    /// <returns>Whether it came: else the peer was refused.</returns>
    private static async Task<bool> ConnectAsync(Socket socket, EndPoint address, SemaphoreSlim turns, CancellationToken end)
    {
        await turns.WaitAsync(end);
        try
        {
            await socket.ConnectAsync(address, end);
            await socket.SendAsync("hello\n"u8.ToArray(), end);
            var answer = new byte[256];
            return Encoding.Latin1.GetString(answer, 0, await socket.ReceiveAsync(answer, end)) is "hello\n";
        }
        finally
        {
            turns.Release();
        }
    }

    private static async Task ReadSlowlyAsync(Socket socket, CancellationToken end)
    {
        var bytes = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(bytes, end) > 0) await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, end);
        }
        catch (Exception cut) when (cut is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It is cut off, or the end.
        }
    }

    [GeneratedRegex("""^echo_gateway_connections_closed_total\{.*echo_close_reason="(\w+)".*echo_listener="line".*\}""", RegexOptions.Multiline)]
    private static partial Regex CloseReasons();

    /// <summary>What a gateway's container is promised to hold.</summary>
    private sealed partial record Manifest(long MemoryBytes, IReadOnlyDictionary<string, string> Settings)
    {
        private const string MaxConnections = "Gateway__MaxConnections";

        private static readonly int Share = IsWhole ? 1 : 4;

        public int Connections => Number(MaxConnections) / Share;

        public int ReceiveBufferBytes => Number("Gateway__Listeners__line__ReceiveBufferBytes");

        /// <summary>Its settings of the gateway, as arguments: a listener of the environment would go when a test's is given.</summary>
        public IEnumerable<string> Arguments => Settings.Where(setting => setting.Key.StartsWith("Gateway__", StringComparison.Ordinal))
            .Select(setting => (setting.Key, Value: setting.Key is MaxConnections ? $"{Connections}" : setting.Value))
            .Select(setting => $"--{setting.Key.Replace("__", ":", StringComparison.Ordinal)}={setting.Value}");

        /// <summary>Its settings of .NET.</summary>
        public IReadOnlyDictionary<string, string> Environment => Settings
            .Where(setting => setting.Key.StartsWith("DOTNET_", StringComparison.Ordinal)).ToDictionary(setting => setting.Key, setting => setting.Value);

        public static Manifest Read()
        {
            var limit = Limit().Match(Repository.Read("deploy", "kubernetes", "gateway.yaml"));
            var gibibytes = double.Parse(limit.Groups[1].Value, CultureInfo.InvariantCulture);
            return new(
                (long)(gibibytes * (1L << 30) / Share),
                Setting().Matches(Repository.Read("deploy", "kubernetes", "config.yaml"))
                    .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value));
        }

        private int Number(string setting) => int.Parse(Settings[setting], CultureInfo.InvariantCulture);

        [GeneratedRegex(@"limits:\s+memory: ([\d.]+)Gi\b")]
        private static partial Regex Limit();

        [GeneratedRegex("""^  ((?:Gateway__|DOTNET_)[\w-]+): "([^"]*)"(?: #.*)?$""", RegexOptions.Multiline)]
        private static partial Regex Setting();
    }
}
