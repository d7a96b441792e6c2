using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansEcho.Gateway.Adapters.Tcp;
using OrleansEcho.Gateway.Sockets;
using OrleansEcho.Gateway.Tests.Fakes;
using OrleansEcho.Grains.Interfaces.Connections;
using OrleansEcho.ServiceDefaults;

namespace OrleansEcho.Gateway.Tests.Adapters.Tcp;

/// <summary>
/// What every listener does, over Kestrel's own transport; <see cref="SocketThreadListenerTests"/> has it done over the other one.
/// </summary>
public class StreamListenerTests : IDisposable
{
    private static readonly byte[] Flood = Encoding.Latin1.GetBytes(new string('x', 1023) + "\n");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("echo-");

    private string SocketPath => Path.Combine(_folder.FullName, "s");

    private protected virtual SocketThreadGroup? Threads => null;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("localhost:0")]
    [InlineData("[::1]:0")]
    [InlineData("*:0")]
    [InlineData("unix:")]
    public async Task EveryTransportEchoesAndFinishesAfterThePeer(string address)
    {
        await using var rig = new GatewayRig(threads: Threads);
        var listener = await rig.ListenAsync(address is "unix:" ? address + SocketPath : address);
        using var peer = await Peer.ConnectAsync(listener);

        await peer.SendAsync("hello\nworld\n");
        peer.Finish();

        Assert.Equal("hello\nworld\n", await peer.ReceiveAllAsync());
        Assert.Equal(CloseReason.PeerClosed, await (await rig.Backend.NextGrainAsync()).Closed.WithinAsync("the grain's close"));
        Assert.Equal("test", Assert.Single(rig.Backend.Openings).Opening.Listener);
    }

    [Fact]
    public async Task AnyAddressTakesIPv4Peers()
    {
        await using var rig = new GatewayRig(threads: Threads);
        var listener = await rig.ListenAsync("*:0");
        var port = int.Parse(listener.Address.Split(':')[^1], CultureInfo.InvariantCulture);
        using var peer = await Peer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

        await peer.SendAsync("hello\n");

        Assert.Equal("hello\n", await peer.ReceiveAsync(6));
    }

    [Fact]
    public async Task ASocketFileThatAKilledProcessLeftIsReplaced()
    {
        // .NET removes the file of a socket that it disposes of; a killed process does not: the same
        // file under another name is its remains.
        using var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        killed.Bind(new UnixDomainSocketEndPoint(SocketPath + "-bound"));
        File.Move(SocketPath + "-bound", SocketPath);
        killed.Dispose();
        Assert.True(File.Exists(SocketPath));

        await using var rig = new GatewayRig(threads: Threads);
        var listener = await rig.ListenAsync("unix:" + SocketPath);
        using var peer = await Peer.ConnectAsync(listener);

        await peer.SendAsync("hello\n");
        Assert.Equal("hello\n", await peer.ReceiveAsync(6));
    }

    [Theory]
    [InlineData("")]
    [InlineData("somebody's")]
    public async Task AFileThatIsNoSocketIsLeftAlone(string content)
    {
        await File.WriteAllTextAsync(SocketPath, content, Stop);
        await using var rig = new GatewayRig(threads: Threads);

        var fault = await Assert.ThrowsAsync<StartupException>(() => rig.ListenAsync("unix:" + SocketPath));

        Assert.Equal(ExitCode.CannotBind, fault.ExitCode);
        Assert.Contains("Gateway:Listeners:test:Address", fault.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(SocketPath, Stop));
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("unix:")]
    public async Task AnAddressInUseIsOneLineForAPersonAndTheUserIsNotDisturbed(string address)
    {
        await using var rig = new GatewayRig(threads: Threads);
        var first = await rig.ListenAsync(address is "unix:" ? address + SocketPath : address);

        var fault = await Assert.ThrowsAsync<StartupException>(() => rig.ListenAsync(first.Address));

        Assert.Contains("is in use by another process", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        using var peer = await Peer.ConnectAsync(first);
        await peer.SendAsync("hello\n");
        Assert.Equal("hello\n", await peer.ReceiveAsync(6));
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("[::1]:0")]
    [InlineData("*:0")]
    [InlineData("unix:")]
    public async Task AProbeIsAcceptedButNeitherCountedNorAdmitted(string address)
    {
        await using var rig = new GatewayRig(options: new() { MaxConnections = 1 }, threads: Threads);
        using var accepted = rig.Collect("echo.gateway.connections.accepted");
        var listener = await rig.ListenAsync(address is "unix:" ? address + SocketPath : address);
        using var only = await Peer.ConnectAsync(listener);
        await rig.Backend.NextGrainAsync();

        for (var i = 0; i < 3; i++) await listener.ProbeAsync(Stop).WithinAsync("the probe");

        Assert.Equal(1, accepted.GetMeasurementSnapshot().Sum(m => m.Value));
        Assert.Single(rig.Backend.Openings);
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("unix:")]
    public async Task AProbeFailsWhenTheListenerHasStopped(string address)
    {
        await using var rig = new GatewayRig(threads: Threads);
        var listener = await rig.ListenAsync(address is "unix:" ? address + SocketPath : address);
        await listener.StopAsync(Stop).WithinAsync("the listener to stop");

        await Assert.ThrowsAsync<IOException>(() => listener.ProbeAsync(Stop).WithinAsync("the probe"));
    }

    [Fact]
    public async Task AProbeOfAListenerThatNoLongerAcceptsEndsWithItsTime()
    {
        // The kernel completes the connection; nobody takes it.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        using var time = new CancellationTokenSource();
        var probe = new SelfProbe().RunAsync(silent.LocalEndPoint!, time.Token);
        using var taken = await silent.AcceptAsync(Stop).AsTask().WithinAsync("the probe's connection");
        Assert.False(probe.IsCompleted);

        await time.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.WithinAsync("the probe"));
    }

    [Fact]
    public async Task APeerWithALongNameIsAcceptedOnAShortSocket()
    {
        await using var rig = new GatewayRig(threads: Threads);
        var listener = await rig.ListenAsync("unix:" + SocketPath);
        var name = "\0" + new string('n', 107);
        using var peer = await Peer.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), new UnixDomainSocketEndPoint(name));

        await peer.SendAsync("hello\n");

        Assert.Equal("hello\n", await peer.ReceiveAsync(6));
        Assert.EndsWith(name[1..], Assert.Single(rig.Backend.Openings).Opening.Peer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStaleSocketThatCannotBeRemovedIsAFaultOfTheBind()
    {
        // To the kernel this path is that of a socket that nobody has bound; and not even root removes a file there.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors have paths on Linux.");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = $"/proc/self/fd/{socket.Handle}";
        await using var rig = new GatewayRig(threads: Threads);

        var fault = await Assert.ThrowsAsync<StartupException>(() => rig.ListenAsync("unix:" + path));

        Assert.Equal(ExitCode.CannotBind, fault.ExitCode);
        Assert.StartsWith($"Socket {path} (Gateway:Listeners:test:Address) is not permitted to this user; choose a path in a folder ",
            fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStoppedListenerTakesItsSocketFileAwayBeforeItDrains()
    {
        await using var rig = new GatewayRig(threads: Threads);
        var first = await rig.ListenAsync("unix:" + SocketPath);
        using var peer = await Peer.ConnectAsync(first);
        await rig.Backend.NextGrainAsync();

        var stopping = first.StopAsync(CancellationToken.None);
        Assert.False(File.Exists(SocketPath));
        var second = await rig.ListenAsync("unix:" + SocketPath);
        Assert.False(stopping.IsCompleted);
        peer.Finish();
        await stopping.WithinAsync("the first listener to stop");
        await first.DisposeAsync();

        await second.ProbeAsync(Stop).WithinAsync("the probe");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatSomebodyHasPutInPlaceOfTheSocketIsLeftAlone(bool isSocket)
    {
        await using var rig = new GatewayRig(threads: Threads);
        var listener = await rig.ListenAsync("unix:" + SocketPath);
        File.Delete(SocketPath);
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (isSocket) other.Bind(new UnixDomainSocketEndPoint(SocketPath));
        else await File.WriteAllTextAsync(SocketPath, "somebody's", Stop);

        await listener.StopAsync(CancellationToken.None).WithinAsync("the listener to stop");
        await listener.DisposeAsync();

        Assert.True(File.Exists(SocketPath));
        Assert.Contains(rig.Log.GetSnapshot(),
            r => r.Message == $"What lies at {SocketPath} now is not the socket that this gateway has bound: it is left alone.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("the beginning of a mess")]
    [InlineData("whole messages\nand a beginning")]
    public async Task AResetLeavesNothingBehind(string before)
    {
        await using var rig = new GatewayRig(options: new() { MaxConnections = 1 }, threads: Threads);
        using var active = rig.Collect("echo.gateway.connections.active");
        var listener = await rig.ListenAsync();
        for (var i = 0; i < 3; i++)
        {
            var peer = await Peer.ConnectAsync(listener);
            await peer.SendAsync(before);
            var grain = await rig.Backend.NextGrainAsync();
            await peer.ReceiveAsync(before.LastIndexOf('\n') + 1);
            peer.Reset();
            Assert.Equal(CloseReason.PeerReset, await grain.Closed.WithinAsync("the end of a connection that was reset"));
        }

        await AssertHasRoomForOneAsync(rig, listener, () => Assert.Equal(1, active.GetMeasurementSnapshot().Sum(m => m.Value)));
    }

    [Fact]
    public async Task AResetDuringAnEchoLeavesNothingBehind()
    {
        var answers = false;
        await using var rig =
            new GatewayRig(new FakeBackend(() => new FakeGrain(answers)), options: new() { MaxConnections = 1 }, threads: Threads);
        var listener = await rig.ListenAsync();
        var peer = await Peer.ConnectAsync(listener);
        await peer.SendAsync("hello\n");
        var grain = await rig.Backend.NextGrainAsync();
        var call = await grain.NextCallAsync();

        peer.Reset();
        call.Answer();

        Assert.Equal(CloseReason.PeerReset, await grain.Closed.WithinAsync("the end of a connection that was reset"));
        answers = true;
        await AssertHasRoomForOneAsync(rig, listener);
    }

    [Fact]
    public async Task AHalfCloseDoesNotCallOffTheEchoThatIsUnderWay()
    {
        await using var rig = new GatewayRig(new FakeBackend(() => new FakeGrain(answers: false)), threads: Threads);
        var listener = await rig.ListenAsync();
        using var peer = await Peer.ConnectAsync(listener);
        await peer.SendAsync("first\n");
        var grain = await rig.Backend.NextGrainAsync();
        var first = await grain.NextCallAsync();

        await peer.SendAsync("second\n");
        peer.Finish();
        first.Answer();
        var second = await grain.NextCallAsync();
        for (var i = 0; i < 3; i++) await listener.ProbeAsync(Stop).WithinAsync("the probe"); // accepted after the FIN has come
        Assert.False(second.CancellationToken.IsCancellationRequested, "The peer's FIN called its pending echo off.");
        second.Answer();

        Assert.Equal("first\nsecond\n", await peer.ReceiveAllAsync());
        Assert.Equal(CloseReason.PeerClosed, await grain.Closed.WithinAsync("the grain's close"));
    }

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    [InlineData("raw")]
    public async Task AThousandMessagesInOnePacketComeBack(string framing)
    {
        await using var rig = new GatewayRig(threads: Threads);
        var listener = await rig.ListenAsync(framing: framing);
        using var peer = await Peer.ConnectAsync(listener);
        var stream = Messages.Codec(framing).Frames(Enumerable.Range(0, 1000).Select(i => $"message {i}"));

        await peer.SendAsync(stream);
        peer.Finish();

        Assert.Equal(Encoding.Latin1.GetString(stream), await peer.ReceiveAllAsync());
    }

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    [InlineData("raw")]
    public async Task BytesThatComeOneByOneComeBack(string framing)
    {
        await using var rig = new GatewayRig(threads: Threads);
        var listener = await rig.ListenAsync(framing: framing);
        using var peer = await Peer.ConnectAsync(listener);
        var stream = Messages.Codec(framing).Frames("one", "", "two");

        foreach (var each in stream) await peer.SendAsync(new[] { each });

        Assert.Equal(Encoding.Latin1.GetString(stream), await peer.ReceiveAsync(stream.Length));
    }

    [Fact]
    public async Task APeerThatDoesNotReadIsCutOffWithItsSocket()
    {
        await using var rig = new GatewayRig(threads: Threads);
        await rig.Registry.StartAsync(Stop);
        var listener = await rig.ListenAsync(configure: o => o.SendTimeoutSeconds = 0.1);
        using var peer = await Peer.ConnectAsync(listener);
        var grain = await rig.Backend.NextGrainAsync();

        await peer.SendUntilBlockedOrCutAsync(Flood);

        Assert.Equal(CloseReason.SendTimeout, await grain.Closed.WithinAsync("the end of a connection whose peer does not read"));
        await listener.StopAsync(CancellationToken.None).WithinAsync("the socket of a peer that does not read to be closed");
    }

    private static async Task AssertHasRoomForOneAsync(GatewayRig rig, StreamListener listener, Action? assertWhileItIsOpen = null)
    {
        using var peer = await Peer.ConnectAsync(listener);
        await peer.SendAsync("room?\n");
        Assert.Equal("room?\n", await peer.ReceiveAsync(6));
        await Deadline.UntilAsync(() => Task.FromResult(rig.Registry.Count is 1), "the connection before to be forgotten");
        assertWhileItIsOpen?.Invoke();
    }
}
