using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Tests.Fakes;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Connections;

/// <summary>What is used again cannot be used by whoever had it before.</summary>
public sealed class ReuseTests
{
    // A bucket of the shared pool of arrays that nobody else uses in these tests.
    private const int OddLength = 900_001;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void ReplyCannotBeRead_AfterItsDisposal()
    {
        var reply = new EchoReply(ReplyBuffer.Rent("hello"u8));
        var copy = reply;
        Assert.Equal(5, copy.Length);
        reply.Dispose();
        Assert.Throws<ObjectDisposedException>(() => reply.Memory);
        Assert.Throws<ObjectDisposedException>(() => copy.Length);
        Assert.Throws<ObjectDisposedException>(() => copy.Span[0]);
    }

    [Fact]
    public void SecondDisposalDoesNothing_AlsoWhenTheBufferHasAnotherReply()
    {
        var first = ReplyBuffer.Rent("first"u8);
        var old = new EchoReply(first);
        old.Dispose();
        var buffers = new List<ReplyBuffer>();
        do buffers.Add(ReplyBuffer.Rent("next"u8));
        while (buffers[^1] != first && buffers.Count < 5000);
        var next = new EchoReply(buffers[^1]);
        old.Dispose();
        Assert.Equal("next"u8.ToArray(), next.Memory.ToArray());
    }

    [Fact]
    public void ReturnedBufferIsPoisoned()
    {
        Assert.True(ReplyBuffer.Poisons, "These tests switch it on.");
        var reply = new EchoReply(ReplyBuffer.Rent(new byte[OddLength]));
        var kept = reply.Memory;
        reply.Dispose();
        Assert.Equal(-1, kept.Span.IndexOfAnyExcept(ReplyBuffer.Poison));
    }

    [Fact]
    public void DebugBuildPoisons()
    {
#if DEBUG
        const bool IsDebug = true;
#else
        const bool IsDebug = false;
#endif
        var isOn = ReplyBuffer.PoisonsByDefault;
        Assert.Equal(IsDebug, isOn);
    }

    [Fact]
    public async Task MessageIsTheCallersAgain_WhenTheCallHasReturned()
    {
        await using var server = new EchoServer(Framings.LengthPrefixed);
        await using var client = await EchoClient.ConnectAsync(server.Address, cancellationToken: Stop);
        var message = "before"u8.ToArray();
        var request = client.SendAsync(message, Stop);
        "behind"u8.CopyTo(message);
        using var reply = await request;
        Assert.Equal("before"u8.ToArray(), reply.Memory.ToArray());
    }
}
