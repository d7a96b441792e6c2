using System.Net;
using System.Net.Sockets;
using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// Who comes with the first moment is echoed: from when a port is open, and whoever is sent there from when the program is ready.
/// </summary>
public sealed class FirstEchoTests : ProcessTest
{
    // More often than a load balancer looks, or a script that waits in a loop: what is wrong for a moment only is seen.
    // More often still would slow the start.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // For a second at least.
    private const int LooksAfterReady = 100;

    // Five seconds by default, in which a busy machine need not come to the quota's first answer.
    private const string Patient = "--Quota:WaitSeconds=30";

    [Theory]
    [InlineData]
    [InlineData("--quota", "100")]
    public async Task Standalone_EchoesWhoConnectsAsSoonAsItsPortIsOpen_AndStaysReady(params string[] arguments)
    {
        var (line, management) =
            (new IPEndPoint(IPAddress.Loopback, FreePorts.Next()), new IPEndPoint(IPAddress.Loopback, FreePorts.Next()));
        var standalone =
            Start(EchoExecutable.Standalone, ["--listen", $"line={line}", "--management", $"{management}", Patient, .. arguments]);
        var ready = EchoesFromReadyOnAsync(line, management);
        using var first = await ConnectWhenOpenAsync(line).WithinAsync("the port to be open");
        await first.EchoLineAsync("as soon as the port is open");
        await ready.WithinAsync("the program to be ready, and to stay so");
        await standalone.Output.WaitForAsync("Try: ");
    }

    [Theory]
    [InlineData]
    // Without a store, it knows after a lease time what was lent before. Longer than a busy machine lets a renewal wait, which would
    // take the readiness back.
    [InlineData("--quota", "100", "--Quota:LeaseSeconds=10", "--Quota:RenewSeconds=2")]
    public async Task Gateway_ThatWasThereBeforeItsSilo_EchoesFromWhenItIsReady(params string[] arguments)
    {
        var management = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        var silo = new SiloNode(NodePlace.Here, Own, arguments);
        var line = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        var gateway = Start(
            EchoExecutable.Gateway, ["--listen", $"line={line}", "--silos", $"{silo.Gateways}", "--management", $"{management}", Patient]);
        await gateway.Output.WaitForAsync("Waiting for a silo of cluster dev");
        var ready = EchoesFromReadyOnAsync(line, management);
        silo.Launch();
        await ready.WithinAsync("the gateway to be ready, and to stay so");
        await gateway.Output.WaitForAsync("Try: ");
    }

    private static async Task<Peer> ConnectWhenOpenAsync(IPEndPoint line)
    {
        while (true)
        {
            try
            {
                return await Peer.ConnectAsync(line);
            }
            catch (SocketException)
            {
                await PauseAsync();
            }
        }
    }

    // At the first yes an echo comes back, and no later answer takes it back.
    private static async Task EchoesFromReadyOnAsync(IPEndPoint line, IPEndPoint management)
    {
        while (await StatusAsync(management) is not HttpStatusCode.OK) await PauseAsync();
        using var peer = await Peer.ConnectAsync(line);
        await peer.EchoLineAsync("as soon as it is ready");
        for (var i = 0; i < LooksAfterReady; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(management));
            await PauseAsync();
        }
    }

    private static async Task<HttpStatusCode?> StatusAsync(IPEndPoint management)
    {
        try
        {
            return (await EchoService.GetAsync(new Uri($"http://{management}/health/ready"))).Status;
        }
        catch (HttpRequestException)
        {
            return null; // it does not listen yet
        }
    }

    private static Task PauseAsync() => Task.Delay(Pause, TimeProvider.System, Cancelled);
}
