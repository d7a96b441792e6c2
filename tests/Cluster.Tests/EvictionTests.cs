using OrleansEcho.Cluster.Tests.Nodes;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// A silo that the others have declared dead has lost its grains to them: it says so to a person, and ends,
/// so that a supervisor starts it anew.
/// </summary>
public sealed class EvictionTests : ProcessTest
{
    // docs/operations.md tells supervisors of it.
    private const int Evicted = 4;

    [Fact]
    public async Task SiloThatWasDeclaredDeadWhileItStoodStill_EndsItself_AndSaysSoInOneLine()
    {
        // 1. Two silos that watch each other.
        var redis = await OwnAsync(RedisServer.StartNewAsync());
        string[] store =
            ["--Cluster:Membership=redis", $"--Cluster:ConnectionString={redis.ConnectionString}", "--Silo:JoinPatienceSeconds=0"];
        var frozen = new SiloNode(NodePlace.Here, Own, store);
        var other = new SiloNode(NodePlace.Here, Own, [.. store, .. SiloNode.TellOfMembers]);
        await frozen.StartAsync();
        await other.StartAsync();
        await other.Process.Output.WaitForAsync("Will watch (actively ping) 1 silos");

        // 2. One stands still until it has been declared dead, and goes on.
        await frozen.Process.FreezeAsync();
        await other.Process.Output.WaitForAsync("Evicting ", Deadline.Promised(5));
        var said = frozen.Process.Output.Lines.Count;
        frozen.Process.Send(Signal.Continue);

        Assert.Contains(" has been declared dead: it did not answer 127.0.0.1:",
            await other.Process.Output.WaitForAsync("has been declared dead"), StringComparison.Ordinal);

        // 3. It ends, and what it has to say of that is one line.
        Assert.Equal(Evicted, await frozen.Process.WaitForExitAsync(Deadline.Promised(5)));
        Assert.Equal(
            ["error: The other silos have declared this one dead, because it did not answer them; it ends, and can be started "
                + "again at once."],
            frozen.Process.Output.Lines.Skip(said).Where(line => !ProcessOutput.IsOfABusyMachine(line)));
    }
}
