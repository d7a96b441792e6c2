using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.Protocols;

namespace OrleansEcho.Gateway.Tests.Connections;

/// <summary>What has arrived is echoed on socket threads, too.</summary>
public sealed class ArrivedMeansEchoedOnSocketThreadsTests : ArrivedMeansEchoedTests
{
    private static readonly SocketThreadGroup Group = new(2);

    private protected override SocketThreadGroup? Threads => Group;

    [Fact]
    public async Task AMessageBehindUrgentDataIsEchoedFirst()
    {
        await using var rig = Rig();
        using var peer = await Peer.ConnectAsync(await ListenAsync(rig));
        await peer.SendAsync("one\n");
        var grain = await rig.Backend.NextGrainAsync();
        var one = await grain.NextCallAsync();
        peer.SendUrgent((byte)'!');
        await peer.SendAsync("two\n");
        await peer.UntilArrivedAsync();

        rig.Registry.RequestCloseAll();
        one.Answer();
        (await grain.NextCallAsync()).Answer();

        await AssertGotAsync(peer, Framings.Line, "one\ntwo\n"u8.ToArray(), CloseReason.Draining);
    }
}
