using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// A gateway's links have one of .NET's socket threads, and go on where it reads. Where a silo is in the same process its ports and its
/// stores' clients are .NET's sockets too, and one that blocks must not stop the others: they have as many as .NET gives them.
/// </summary>
public sealed class SocketsThreadTests : ProcessTest
{
    // With so many processors .NET's own choice is more than one thread, and with inline completions it would be one for each of them.
    private static readonly Dictionary<string, string> ManyProcessors = new() { ["DOTNET_PROCESSOR_COUNT"] = "60" };

    [Fact]
    public async Task AGatewaysLinksHaveOneThread()
    {
        var gateway = Start(EchoExecutable.Gateway,
            [.. EchoService.FreeListeners, "--Gateway:SocketThreads=1", "--silos", $"127.0.0.1:{FreePorts.Next()}"], ManyProcessors);
        await gateway.ManagementAsync();
        Assert.Equal(1, await CountAsync(gateway));
    }

    [Fact]
    public async Task AllInOneProcessHasDotnetsOwnThreads()
    {
        var standalone = Start(EchoExecutable.Standalone, [.. EchoService.FreeListeners, "--Gateway:SocketThreads=1"], ManyProcessors);
        await standalone.ManagementAsync();
        Assert.InRange(await CountAsync(standalone), 2, 12); // one for 30 processors, or for 8 of ARM's
    }

    // They are started together with the first socket, so that those that are not there yet come in a moment.
    private static async Task<int> CountAsync(EchoProcess process)
    {
        var (before, count) = (0, 0);
        await Deadline.UntilAsync(
            () =>
            {
                (before, count) = (count, process.ThreadNames.Count(name => name == ".NET Sockets"));
                return Task.FromResult(count > 0 && count == before);
            },
            $".NET's socket threads of {process.Name}");
        return count;
    }
}
