using System.Net;
using System.Security.Cryptography;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

public sealed class StandaloneEchoTests(StandaloneFixture fixture) : EchoTests(fixture), IClassFixture<StandaloneFixture>;

public sealed class TwoProcessesEchoTests(TwoProcessesFixture fixture) : EchoTests(fixture), IClassFixture<TwoProcessesFixture>;

/// <summary>Every byte of every complete message comes back once, in order, however it was sent, and no peer harms the next one.</summary>
public abstract class EchoTests(ServiceFixture fixture) : IAsyncDisposable
{
    private const int MaxMessage = 64 * 1024;

    private EchoService Service => fixture.Service;

    /// <summary>Whatever a test did, nothing of it is left in the gateway, and no fault is in its log.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Service.ActiveAsync(0);
        ProcessTest.ReportOn(Service.Processes);
    }

    [Fact]
    public async Task Netcat_GetsItsLineBack()
    {
        var (host, port) = HostAndPort();
        Assert.Equal("hello\n", await OutsideProgram.RunAsync("nc", $"printf 'hello\\n' | nc -N {host} {port}"));
    }

    [Fact]
    public async Task Socat_GetsItsLinesBack_OverTcp()
    {
        var (host, port) = HostAndPort();
        Assert.Equal("a\nb\n", await OutsideProgram.RunAsync("socat", $"printf 'a\\nb\\n' | socat -t 30 - TCP:{host}:{port}"));
    }

    [Fact]
    public async Task Socat_GetsItsLinesBack_OverAUnixSocket() =>
        Assert.Equal("a\nb\n", await OutsideProgram.RunAsync("socat", $"printf 'a\\nb\\n' | socat -t 30 - UNIX-CONNECT:{Service.Unix}"));

    [Fact]
    public async Task EveryByteValue_ComesBackInALine()
    {
        var line = string.Concat(Enumerable.Range(0, 256).Where(b => b is not '\n').Select(b => (char)b)) + "\r";
        using var peer = await Peer.ConnectAsync(Service.Line);
        await peer.EchoLineAsync(line);
        await peer.EchoLineAsync("");
        await peer.EchoLineAsync("\0\r");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(MaxMessage)]
    public async Task LengthPrefixedMessage_ComesBack_UpToTheLimit(int length)
    {
        var frame = Peer.Frame(RandomNumberGenerator.GetBytes(length));
        using var peer = await Peer.ConnectAsync(Service.LengthPrefixed);
        await peer.SendAsync(frame);
        await peer.SendAsync(frame);
        var echoes = await peer.ReceiveBytesAsync(2 * frame.Length);
        Assert.Equal(frame.Concat(frame), echoes);
    }

    [Theory]
    [InlineData(MaxMessage + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task LengthPrefixedMessage_IsRefusedAtItsLength_WhenTooLong(int length)
    {
        using var peer = await Peer.ConnectAsync(Service.LengthPrefixed);
        await peer.SendAsync(BitConverter.GetBytes(IPAddress.HostToNetworkOrder(length)));
        Assert.StartsWith("FrameTooLong ", await peer.ReceiveRefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LineOfExactlyTheLimit_ComesBack_AndALongerOneIsRefused()
    {
        using var peer = await Peer.ConnectAsync(Service.Line);
        await peer.EchoLineAsync(new string('x', MaxMessage));
        await peer.SendAsync(new string('x', MaxMessage + 1));
        Assert.StartsWith("-ERR FrameTooLong ", await peer.ReceiveAllAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BytesOneByOne_BecomeTheirMessage()
    {
        using var peer = await Peer.ConnectAsync(Service.Line);
        foreach (var piece in "one by one\n") await peer.SendAsync($"{piece}");
        Assert.Equal("one by one", await peer.ReceiveLineAsync());
    }

    [Fact]
    public async Task ThousandMessagesInOneWrite_ComeBackInOrder()
    {
        using var peer = await Peer.ConnectAsync(Service.Line);
        await peer.SendAsync(string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i}\n")));
        for (var i = 0; i < 1000; i++) Assert.Equal($"{i}", await peer.ReceiveLineAsync());
    }

    [Fact]
    public async Task HundredMegabytes_ComeBackByteForByte_ThroughRaw()
    {
        const int chunk = 64 * 1024;
        const int chunks = 1600;
        using var peer = await Peer.ConnectAsync(Service.Raw);
        using var sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var received = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sending = Task.Run(SendAsync, TestContext.Current.CancellationToken);
        for (var i = 0; i < chunks; i++) received.AppendData(await peer.ReceiveBytesAsync(chunk));
        await sending;
        Assert.Equal(sent.GetHashAndReset(), received.GetHashAndReset());
        Assert.Empty(await peer.ReceiveAllAsync());

        async Task SendAsync()
        {
            var random = new Random(1);
            var bytes = new byte[chunk];
            for (var i = 0; i < chunks; i++)
            {
                random.NextBytes(bytes);
                sent.AppendData(bytes);
                await peer.SendAsync(bytes);
            }

            peer.Finish();
        }
    }

    [Fact]
    public async Task HalfClose_GetsEveryEcho_ThenTheEnd()
    {
        var lines = string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n"));
        using var peer = await Peer.ConnectAsync(Service.Line);
        await peer.SendAsync(lines);
        peer.Finish();
        Assert.Equal(lines, await peer.ReceiveAllAsync());
    }

    [Fact]
    public async Task TruncatedLine_IsTold_AfterTheEchoes()
    {
        using var peer = await Peer.ConnectAsync(Service.Line);
        await peer.SendAsync("whole\nhalf");
        peer.Finish();
        Assert.Matches("^whole\n-ERR TruncatedFrame [^\n]+\n$", await peer.ReceiveAllAsync());
    }

    [Theory]
    [InlineData("\0\0")]
    [InlineData("\0\0\0\u0005four")]
    public async Task TruncatedLengthPrefixedMessage_IsTold(string part)
    {
        using var peer = await Peer.ConnectAsync(Service.LengthPrefixed);
        await peer.SendAsync(part);
        peer.Finish();
        Assert.StartsWith("TruncatedFrame ", await peer.ReceiveRefusalAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("before the first byte", 0, 0)]
    [InlineData("in the middle of a message", 0, 100)]
    [InlineData("during an echo", 100, 5)]
    public async Task Reset_EndsItsConnectionOnly(string when, int messages, int moreBytes)
    {
        using var other = await Peer.ConnectAsync(Service.Line);
        await other.EchoLineAsync("before");
        using (var peer = await Peer.ConnectAsync(Service.Line))
        {
            await peer.SendAsync(string.Concat(Enumerable.Repeat(new string('x', 1000) + "\n", messages)) + new string('x', moreBytes));
            await Service.ActiveAsync(2);
            peer.Reset();
        }

        await Service.ActiveAsync(1);
        await other.EchoLineAsync($"after a reset {when}");
    }

    [Fact]
    public async Task TwoHundredClients_GetTheirOwnMessages()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(RunClientAsync));

        async Task RunClientAsync(int seed)
        {
            var random = new Random(seed);
            using var peer = await Peer.ConnectAsync(Service.LengthPrefixed);
            for (var round = 0; round < 20; round++)
            {
                var frames = Enumerable.Range(0, random.Next(1, 6))
                    .SelectMany(_ => Peer.Frame(RandomBytes(random, random.Next(2000)))).ToArray();
                await peer.SendAsync(frames);
                Assert.Equal(frames, await peer.ReceiveBytesAsync(frames.Length));
            }
        }
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private (IPAddress Host, int Port) HostAndPort()
    {
        var address = Assert.IsType<IPEndPoint>(Service.Line);
        return (address.Address, address.Port);
    }
}
