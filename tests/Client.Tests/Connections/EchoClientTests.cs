using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Gateways;
using OrleansEcho.Client.Tests.Fakes;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Connections;

public sealed class EchoClientTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly EchoConnectionOptions _options = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    public async Task EachRequestGetsItsOwnEcho_WhenManyAreInFlight(string framing)
    {
        var (client, peer) = await ConnectAsync(framing);
        await using var owned = client;
        var requests = Enumerable.Range(0, 200).Select(i => client.SendAsync(Bytes($"message {i}"), Stop).AsTask()).ToArray();
        var echoing = peer.EchoAllAsync();
        for (var i = 0; i < requests.Length; i++)
        {
            using var reply = await requests[i].WithinAsync($"echo {i}");
            Assert.Equal($"message {i}", Encoding.Latin1.GetString(reply.Span));
        }
    }

    [Fact]
    public async Task EchoGoesToTheCallersBuffer_WhenItHasOne()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        var buffer = new byte[8];
        var length = client.SendAsync(Bytes("hello"), buffer, Stop);
        await peer.EchoOneAsync();
        Assert.Equal("hello", Encoding.Latin1.GetString(buffer.AsSpan(0, await length)));
        await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync(Bytes("123456789"), buffer, Stop).AsTask());
    }

    [Fact]
    public async Task CancelledRequest_DoesNotBreakTheStream()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        using var cancellation = new CancellationTokenSource();
        var first = client.SendAsync(Bytes("first"), Stop);
        var second = client.SendAsync(Bytes("second"), cancellation.Token);
        var third = client.SendAsync(Bytes("third"), Stop);
        await cancellation.CancelAsync();
        var fault = await Assert.ThrowsAsync<OperationCanceledException>(() => second.AsTask());
        Assert.Equal(cancellation.Token, fault.CancellationToken);
        _ = peer.EchoAllAsync();
        Assert.Equal("first", await TextAsync(first));
        Assert.Equal("third", await TextAsync(third));
        Assert.True(client.IsOpen);
    }

    [Fact]
    public async Task RequestTimesOut_AndItsLateEchoIsDropped()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        var late = client.SendAsync(Bytes("late"), Stop);
        _time.Advance(_options.RequestTimeout - TimeSpan.FromMilliseconds(1));
        var inTime = client.SendAsync(Bytes("in time"), Stop);
        Assert.False(late.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var fault = await Assert.ThrowsAsync<TimeoutException>(() => late.AsTask());
        Assert.Contains("within 10 s (RequestTimeout)", fault.Message, StringComparison.Ordinal);
        Assert.False(inTime.IsCompleted);
        _ = peer.EchoAllAsync();
        Assert.Equal("in time", await TextAsync(inTime));
    }

    // To a listener of the framing line a length and a payload are the beginning of a line, whose end it waits for.
    [Fact]
    public async Task FramingIsAskedFor_WhenThereWasNeverAnEcho()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        Assert.EndsWith(": no echo has come on this connection at all; does the listener speak the framing length-prefixed (Framing)?", await LateAsync(), StringComparison.Ordinal);
        await peer.EchoOneAsync();
        var echoed = client.SendAsync(Bytes("heard"), Stop);
        await peer.EchoOneAsync();
        Assert.Equal("heard", await TextAsync(echoed));
        Assert.EndsWith(": the gateway has not answered.", await LateAsync(), StringComparison.Ordinal);

        async Task<string> LateAsync()
        {
            var request = client.SendAsync(Bytes("hello"), Stop);
            _time.Advance(_options.RequestTimeout);
            return (await Assert.ThrowsAsync<TimeoutException>(() => request.AsTask())).Message;
        }
    }

    [Fact]
    public async Task CallsOwnTimeoutHolds_InsteadOfTheOptions()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        var usual = client.SendAsync(Bytes("usual"), Stop).AsTask();
        var patient = client.SendAsync(Bytes("patient"), TimeSpan.FromMinutes(1), Stop).AsTask();
        var impatient = client.SendAsync(Bytes("impatient"), new byte[9], TimeSpan.FromMilliseconds(100), Stop).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(impatient.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Contains("within 0.1 s (the call's time-out)", (await Assert.ThrowsAsync<TimeoutException>(() => impatient.WithinAsync("its time-out"))).Message, StringComparison.Ordinal);
        Assert.False(client.HasTimedOut); // only somebody impatient
        _time.Advance(_options.RequestTimeout - TimeSpan.FromMilliseconds(101));
        Assert.False(usual.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => usual.WithinAsync("the option's time-out"));
        Assert.True(client.HasTimedOut);
        _time.Advance(TimeSpan.FromSeconds(49));
        Assert.False(patient.IsCompleted);
        _ = peer.EchoAllAsync();
        Assert.Equal("patient", await TextAsync(new(patient)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await client.SendAsync(Bytes("x"), TimeSpan.Zero, Stop));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await client.SendAsync(Bytes("x"), TimeSpan.FromHours(2), Stop));
    }

    [Fact]
    public async Task CallsOwnTimeoutHolds_WhileItWaitsForRoom()
    {
        _options.MaxRequestsInFlight = 1;
        var (client, _) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        var first = client.SendAsync(Bytes("1"), TimeSpan.FromSeconds(20), Stop).AsTask();
        var second = client.SendAsync(Bytes("2"), TimeSpan.FromSeconds(1), Stop).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("within 1 s (the call's time-out): as many requests", (await Assert.ThrowsAsync<TimeoutException>(() => second.WithinAsync("its time-out"))).Message, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(18));
        Assert.False(first.IsCompleted || client.HasTimedOut);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => first.WithinAsync("its time-out"));
        Assert.True(client.HasTimedOut);
    }

    [Fact]
    public async Task RequestWaitsForRoom_AndTimesOutWithoutIt()
    {
        _options.MaxRequestsInFlight = 1;
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        var first = client.SendAsync(Bytes("1"), Stop);
        var second = client.SendAsync(Bytes("2"), Stop).AsTask();
        Assert.Equal("1", await peer.EchoOneAsync());
        Assert.Equal("1", await TextAsync(first));
        Assert.Equal("2", await peer.EchoOneAsync());
        Assert.Equal("2", await TextAsync(new(second)));
        var third = client.SendAsync(Bytes("3"), Stop).AsTask();
        var fourth = client.SendAsync(Bytes("4"), Stop).AsTask();
        _time.Advance(_options.RequestTimeout);
        await Assert.ThrowsAsync<TimeoutException>(() => third);
        Assert.Contains("MaxRequestsInFlight", (await Assert.ThrowsAsync<TimeoutException>(() => fourth)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestsEnd_WhenTheConnectionDoes()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        var requests = new[] { client.SendAsync(Bytes("1"), Stop).AsTask(), client.SendAsync(Bytes("2"), Stop).AsTask() };
        await peer.EchoOneAsync();
        peer.Finish();
        (await requests[0]).Dispose();
        Assert.Contains("without a reason", (await Assert.ThrowsAsync<EchoConnectionLostException>(() => requests[1])).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EchoConnectionLostException>(() => client.SendAsync(Bytes("3"), Stop).AsTask());
        Assert.False(client.IsOpen);
    }

    [Fact]
    public async Task RequestsEnd_WhenTheClientIsDisposedOf()
    {
        var (client, _) = await ConnectAsync("length-prefixed");
        var request = client.SendAsync(Bytes("1"), Stop).AsTask();
        await client.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => request);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.SendAsync(Bytes("1"), Stop));
    }

    [Fact]
    public async Task ReasonIsStillRead_WhenNothingCanBeWrittenAnyMore()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        peer.StopReading();
        var request = client.SendAsync(Bytes("1"), Stop).AsTask();
        Assert.False(request.IsCompleted);
        await peer.RefuseAsync("Draining");
        await Assert.ThrowsAsync<EchoRefusedException>(() => request);
    }

    [Fact]
    public async Task ConnectionIsLost_WhenNothingCanBeWritten_AndNoReasonComes()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        peer.StopReading();
        var request = client.SendAsync(Bytes("1"), Stop).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("took no more bytes", (await Assert.ThrowsAsync<EchoConnectionLostException>(() => request.WithinAsync("the end"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestsEnd_WhenTheConnectionIsReset()
    {
        var (client, peer) = await ConnectAsync("line");
        await using var owned = client;
        var request = client.SendAsync(Bytes("1"), Stop).AsTask();
        peer.Reset();
        Assert.Contains("was reset", (await Assert.ThrowsAsync<EchoConnectionLostException>(() => request.WithinAsync("the end"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    public async Task WrongBytesAreNoEcho(string framing)
    {
        var (client, peer) = await ConnectAsync(framing);
        await using var owned = client;
        var request = client.SendAsync(Bytes("hello"), Stop).AsTask();
        await peer.SendAsync(peer.Frame("hallo"u8));
        await Assert.ThrowsAsync<EchoProtocolException>(() => request);
    }

    [Fact]
    public async Task OtherFramingIsNamed()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        var request = client.SendAsync(Bytes("hello"), Stop).AsTask();
        await peer.SendAsync("-ERR FirstByteTimeout x\n"u8.ToArray());
        Assert.Contains("framing line", (await Assert.ThrowsAsync<EchoProtocolException>(() => request)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SenderIsNotKept_ToWriteWhatOthersSend()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        using var isSending = new ThreadLocal<bool>();
        var others = new ConcurrentQueue<Task<EchoReply>>();
        var writesOfSender = 0;
        peer.ClientWrites = () =>
        {
            if (isSending.Value) writesOfSender++;
            if (others.Count < 20) others.Enqueue(client.SendAsync(Bytes("other"), Stop).AsTask());
        };
        isSending.Value = true;
        var first = client.SendAsync(Bytes("first"), Stop);
        isSending.Value = false;
        Assert.Equal(1, writesOfSender);
        _ = peer.EchoAllAsync();
        Assert.Equal("first", await TextAsync(first));
        await Deadline.UntilAsync(() => Task.FromResult(others.Count is 20), "the others' requests");
        foreach (var other in others) Assert.Equal("other", await TextAsync(new(other)));
    }

    [Fact]
    public async Task ResultThatIsTakenTooEarly_IsAFault_AndComesLater()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        var request = client.SendAsync(Bytes("1"), Stop);
        Assert.Throws<InvalidOperationException>(() => request.GetAwaiter().GetResult());
        Assert.Equal("1", await peer.EchoOneAsync());
        Assert.Equal("1", await TextAsync(request));
    }

    [Fact]
    public async Task ResultThatIsTakenTwice_IsAFault_AndOthersNoticeNothing()
    {
        var (client, peer) = await ConnectAsync("length-prefixed");
        await using var owned = client;
        using var cancellation = new CancellationTokenSource();
        var cancelled = client.SendAsync(Bytes("cancelled"), cancellation.Token);
        await cancellation.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => cancelled.GetAwaiter().GetResult());
        Assert.Throws<InvalidOperationException>(() => cancelled.GetAwaiter().GetResult());
        var next = client.SendAsync(Bytes("next"), Stop);
        _ = peer.EchoAllAsync();
        Assert.Equal("next", await TextAsync(next));
    }

    [Fact]
    public async Task MessageThatCannotBeSent_IsNotSent()
    {
        var (client, peer) = await ConnectAsync("line");
        await using var owned = client;
        Assert.Contains("LF (0x0A)", (await Assert.ThrowsAsync<ArgumentException>(async () => await client.SendAsync(Bytes("a\nb"), Stop))).Message, StringComparison.Ordinal);
        Assert.Contains("MaxMessageBytes", (await Assert.ThrowsAsync<ArgumentException>(async () => await client.SendAsync(new byte[65_537], Stop))).Message, StringComparison.Ordinal);
        var good = client.SendAsync(Bytes("good"), Stop);
        Assert.Equal("good", await peer.EchoOneAsync());
        Assert.Equal("good", await TextAsync(good));
    }

    [Fact]
    public async Task ConnectingTimesOut()
    {
        var connector = new ScriptedConnector(Framings.LengthPrefixed) { Silent = { ["10.0.0.1:7001"] = true } };
        var connecting = ConnectAsync(connector);
        _time.Advance(_options.ConnectTimeout);
        var fault = await Assert.ThrowsAsync<EchoConnectException>(() => connecting.WithinAsync("the time-out"));
        Assert.Equal("No connection to 10.0.0.1:7001: it took longer than 3 s (ConnectTimeout).", fault.Message);
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static async Task<string> TextAsync(ValueTask<EchoReply> request)
    {
        using var reply = await request.AsTask().WithinAsync("an echo");
        return Encoding.Latin1.GetString(reply.Span);
    }

    private async Task<(EchoClient Client, ScriptedPeer Peer)> ConnectAsync(string framing)
    {
        Assert.True(Framings.TryGet(framing, out var codec));
        _options.Framing = framing;
        var connector = new ScriptedConnector(codec) { Script = static _ => Task.CompletedTask };
        return (await ConnectAsync(connector), await connector.NextPeerAsync());
    }

    private Task<EchoClient> ConnectAsync(ScriptedConnector connector)
    {
        Assert.True(GatewayAddress.TryParse("10.0.0.1:7001", out var address, out _));
        return EchoClient.ConnectAsync(connector, address, address.EndPoint ?? new IPEndPoint(IPAddress.None, 0), _options, _time, Stop);
    }
}
