using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Faults;
using OrleansEcho.Client.Tests.Fakes;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Connections;

/// <summary>What a gateway says instead of an echo, in both framings.</summary>
public sealed partial class GatewayRefusalTests
{
    private static readonly string Document = Repository.Read("docs", "protocols.md");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Framed(string heading)
    {
        var data = new TheoryData<string, string>();
        foreach (var reason in Documented(heading))
        {
            data.Add("line", reason);
            data.Add("length-prefixed", reason);
        }

        return data;
    }

    [Fact]
    public void ReasonsAreTheDocumentedOnes() => Assert.Equal(
        Enum.GetNames<EchoReason>().Where(name => name is not "Unknown").Order(StringComparer.Ordinal),
        Documented("**Refused**").Union(Documented("**Closed, and told:**")).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Framed), "**Refused**")]
    public async Task ConnectionIsRefused_BeforeTheFirstEcho(string framing, string reason)
    {
        var fault = await Assert.ThrowsAsync<EchoRefusedException>(() => ExchangeAsync(framing, reason, echoes: 0));
        Assert.Equal((reason, reason, "try again"), (fault.Reason.ToString(), fault.Word, fault.Text));
        Assert.Equal($"10.0.0.1:7001 refused the connection: {reason}, try again.", fault.Message);
    }

    [Theory]
    [MemberData(nameof(Framed), "**Closed, and told:**")]
    public async Task ConnectionIsClosed_AfterAnEcho(string framing, string reason)
    {
        var fault = await Assert.ThrowsAsync<EchoClosedException>(() => ExchangeAsync(framing, reason, echoes: 1));
        Assert.Equal(reason, fault.Reason.ToString());
    }

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    public async Task TooLongMessageIsNoRefusal_AlsoBeforeTheFirstEcho(string framing) =>
        Assert.Equal(EchoReason.FrameTooLong,
            (await Assert.ThrowsAsync<EchoClosedException>(() => ExchangeAsync(framing, "FrameTooLong", echoes: 0))).Reason);

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    public async Task ReasonOfAnotherVersion_IsUnknown_WithItsWord(string framing)
    {
        var fault = await Assert.ThrowsAsync<EchoRefusedException>(() => ExchangeAsync(framing, "FullMoon", echoes: 0));
        Assert.Equal((EchoReason.Unknown, "FullMoon"), (fault.Reason, fault.Word));
    }

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    public async Task WhatAGatewaySays_SteersNoTerminal(string framing)
    {
        // As bytes: no codec of ours sends it.
        var words = Encoding.UTF8.GetBytes("Full\u001b[2JMoon wait\r\u009d0;x\u0007 \u202ethen\u2028come");
        byte[] refusal = framing is "line" ? [.. "-ERR "u8, .. words, (byte)'\n'] : [0x80, 0, 0, (byte)words.Length, .. words];
        var (client, peer) = await ConnectAsync(framing);
        await using var owned = client;
        var request = client.SendAsync("hello"u8.ToArray(), Stop).AsTask();
        await peer.ReceiveAsync();
        await peer.SendAsync(refusal);
        peer.Finish();
        var fault = await Assert.ThrowsAsync<EchoRefusedException>(() => request.WithinAsync("the refusal"));
        Assert.Equal(("Full\uFFFD[2JMoon", "wait\uFFFD\uFFFD0;x\uFFFD \uFFFDthen\uFFFDcome"), (fault.Word, fault.Text));
        Assert.Equal($"10.0.0.1:7001 refused the connection: {fault.Word}, {fault.Text}.", fault.Message);
    }

    [Fact]
    public async Task EchoThatLooksLikeARefusal_IsAnEcho()
    {
        var (client, peer) = await ConnectAsync("line");
        await using var owned = client;
        var message = "-ERR Draining x"u8.ToArray();
        var (first, second) = (client.SendAsync(message, Stop).AsTask(), client.SendAsync(message, Stop).AsTask());
        await peer.EchoOneAsync();
        using var reply = await first.WithinAsync("the echo");
        Assert.Equal(message, reply.Memory.ToArray());
        await peer.RefuseAsync("Draining", "y");
        Assert.Equal("y", (await Assert.ThrowsAsync<EchoClosedException>(() => second)).Text);
    }

    [Theory]
    [InlineData("line")]
    [InlineData("length-prefixed")]
    public async Task IdleConnectionHearsTheReason(string framing)
    {
        var (client, peer) = await ConnectAsync(framing);
        await using var owned = client;
        await peer.RefuseAsync("IdleTimeout", "no complete message");
        await client.Completion.WithinAsync("the end");
        Assert.Equal(EchoReason.IdleTimeout,
            (await Assert.ThrowsAsync<EchoClosedException>(() => client.SendAsync("x"u8.ToArray(), Stop).AsTask())).Reason);
    }

    private static async Task ExchangeAsync(string framing, string reason, int echoes)
    {
        var (client, peer) = await ConnectAsync(framing);
        await using var owned = client;
        for (var i = 0; i < echoes; i++)
        {
            var echo = client.SendAsync("first"u8.ToArray(), Stop);
            await peer.EchoOneAsync();
            (await echo.AsTask().WithinAsync("the echo")).Dispose();
        }

        var request = client.SendAsync("hello"u8.ToArray(), Stop).AsTask();
        await peer.ReceiveAsync();
        await peer.RefuseAsync(reason, "try again");
        (await request.WithinAsync("the refusal")).Dispose();
    }

    private static async Task<(EchoClient Client, ScriptedPeer Peer)> ConnectAsync(string framing)
    {
        Assert.True(Framings.TryGet(framing, out var codec));
        var connector = new ScriptedConnector(codec) { Script = static _ => Task.CompletedTask };
        Assert.True(Client.Gateways.GatewayAddress.TryParse("10.0.0.1:7001", out var address, out _));
        var client = await EchoClient.ConnectAsync(
            connector, address, address.EndPoint!, new EchoConnectionOptions { Framing = framing }, new FakeTimeProvider(), Stop);
        return (client, await connector.NextPeerAsync());
    }

    // The first column of the table that follows a heading.
    private static IEnumerable<string> Documented(string heading)
    {
        var table = Document[Document.IndexOf(heading, StringComparison.Ordinal)..]
            .Split('\n').SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|'));
        return table.Select(line => Reason().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);
    }

    [GeneratedRegex(@"^\| `(\w+)` \|")]
    private static partial Regex Reason();
}
