using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// A gateway whose peers want it to hold far more than its heap may be lives, closes some of them, and serves the others.
/// </summary>
[Collection(Alone.Name)]
public sealed class SmallHeapTests : ProcessTest
{
    private const int HeapLimit = 64 * 1024 * 1024;

    // Of each kind: either would take more than the budget, which is a third of the heap.
    private const int HostilePeers = 400;

    private long _sent;

    [Theory]
    [InlineData("0", 64 * 1024)]
    [InlineData("-1", 64 * 1024)] // Kestrel's transport
    [InlineData("0", 1024 * 1024)]
    [InlineData("-1", 1024 * 1024)]
    [InlineData("0", 1024 * 1024, Topology.Standalone)] // the silo takes its part of the heap
    public async Task PeersThatNeverRead_AndMessagesThatNeverEnd_CostTheirOwnConnections(
        string socketThreads, int longestMessage, Topology topology = Topology.TwoProcesses)
    {
        var lines = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(new string('x', (longestMessage / 16) - 1) + "\n", 16)));
        var longest = Encoding.Latin1.GetBytes(new string('x', longestMessage - 1) + "\n");
        var noEnd = longest[..^1];
        byte[][] kinds = [lines, noEnd, longest, noEnd];
        var service = new EchoService(
            topology,
            [
                $"--Gateway:SocketThreads={socketThreads}", "--Gateway:MaxConnections=1000",
                $"--Gateway:Listeners:line:MaxMessageBytes={longestMessage}", $"--Gateway:Listeners:line:MaxBytesInFlight={longestMessage}",
            ],
            Own)
        {
            FrontEnvironment =
                new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = HeapLimit.ToString("x", CultureInfo.InvariantCulture) },
        };
        await service.StartAsync();
        using var good = await Peer.ConnectAsync(service.Line);
        await good.EchoLineAsync("before");

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var hostile = Enumerable.Range(0, 2 * HostilePeers)
            .Select(i => BeHostileAsync(service.Line, kinds[i % kinds.Length], isEndless: i % 2 is 0, end.Token)).ToList();
        var echoes = 0;
        await Deadline.UntilAsync(
            async () =>
            {
                await good.EchoLineAsync($"meanwhile {echoes++}");
                return Interlocked.Read(ref _sent) > 3L * HeapLimit
                    && await service.MetricAsync("echo_gateway_connections_closed_total", "echo_close_reason=\"BuffersExhausted\"") > 10;
            },
            $"peers that hold most to be closed, under {3L * HeapLimit} bytes");
        await end.CancelAsync();
        await Task.WhenAll(hostile);
        await service.ActiveAsync(1);
        await good.EchoLineAsync("after");
    }

    /// <summary>Sends, reads nothing, and comes back when it is cut off, until the end.</summary>
    private async Task BeHostileAsync(EndPoint address, ReadOnlyMemory<byte> bytes, bool isEndless, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream,
                ProtocolType.Tcp)
            { ReceiveBufferSize = 4096, LingerState = new LingerOption(true, 0) };
            try
            {
                await socket.ConnectAsync(address, end);
                do
                {
                    Interlocked.Add(ref _sent, await socket.SendAsync(bytes, end));
                }
                while (isEndless);

                await Task.Delay(TimeSpan.FromMinutes(1), TimeProvider.System, end);
            }
            catch (Exception cut) when (cut is SocketException or OperationCanceledException)
            {
                // It is cut off, refused, or the end.
            }
        }
    }
}
