using OrleansEcho.Client.Connections;
using OrleansEcho.Client.Tests.Fakes;
using OrleansEcho.Protocols;

namespace OrleansEcho.Client.Tests.Connections;

[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class RunsAlone;

/// <summary>What a request costs the garbage collector. Alone: it counts the whole process.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Requests = 5_000;

    // The client needs none; what remains is the test's own server, and it needs few.
    private const int MostBytesARequest = 300;

    [Fact]
    public async Task RequestsAllocateNextToNothing()
    {
        await using var server = new EchoServer(Framings.LengthPrefixed);
        await using var client = await EchoClient.ConnectAsync(server.Address, cancellationToken: TestContext.Current.CancellationToken);
        await SendAsync(client, Requests);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await SendAsync(client, Requests);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / Requests;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes a request");
        Assert.InRange(each, 0, MostBytesARequest);
    }

    private static async Task SendAsync(EchoClient client, int requests)
    {
        var message = new byte[32];
        for (var i = 0; i < requests; i++)
        {
            using var reply = await client.SendAsync(message, CancellationToken.None);
        }
    }
}
