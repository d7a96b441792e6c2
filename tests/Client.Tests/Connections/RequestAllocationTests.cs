using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Pooling;

namespace OrleansEcho.Client.Tests.Connections;

/// <summary>What a request costs the garbage collector. Alone: it counts the whole process.</summary>
[Collection(Alone.Name)]
public sealed class RequestAllocationTests
{
    private const int Requests = 5_000;

    // Neither the client nor the other end needs any; what the runner does meanwhile is not a byte for each.
    private const int MostBytesARequest = 16;

    [Fact]
    public async Task RequestsAllocateNothing()
    {
        using var server = new ByteEcho();
        await using var client = await EchoClient.ConnectAsync(server.Address, cancellationToken: TestContext.Current.CancellationToken);
        await AssertAllocatesNothingAsync(message => client.SendAsync(message, CancellationToken.None));
        Assert.InRange(server.Allocated, 0, Requests / 10); // what its threads need once
    }

    [Fact]
    public async Task RequestsThroughAPoolAllocateNothing()
    {
        using var server = new ByteEcho();
        await using var pool = new EchoClientPool(new EchoClientPoolOptions { Gateways = { server.Address } });
        await AssertAllocatesNothingAsync(message => pool.SendAsync(message, CancellationToken.None));
    }

    private static async Task AssertAllocatesNothingAsync(Func<byte[], ValueTask<EchoReply>> send)
    {
        await SendAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await SendAsync();
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Requests;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each:0.0} bytes a request");
        Assert.InRange(each, 0, MostBytesARequest);

        async Task SendAsync()
        {
            var message = new byte[32];
            for (var i = 0; i < Requests; i++)
            {
                using var reply = await send(message);
            }
        }
    }
}
