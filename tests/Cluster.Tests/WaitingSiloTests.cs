using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// A silo that waits for its store ends at once when it is told. That it is at once, and not when a start that hangs is given up, only a
/// clock can say: both ends look the same.
/// </summary>
[Collection(Alone.Name)]
public sealed class WaitingSiloTests : ProcessTest
{
    // Less than the five seconds after which a start that hangs is given up.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(4);

    [Fact]
    public Task SiloThatWaits_EndsAtOnce_WhenItIsTold() => Attempts.RunAsync(async () =>
    {
        var silo = Start(
            EchoExecutable.Silo,
            ["--port", $"{FreePorts.Next()}", "--gateway-port", $"{FreePorts.Next()}", "--management", "127.0.0.1:0",
                "--Cluster:Membership=redis", $"--Cluster:ConnectionString=127.0.0.1:{FreePorts.Next()}"]);
        await silo.Output.WaitForAsync("Waiting for ");
        silo.Send(Signal.Terminate);
        Assert.Equal(0, await silo.WaitForExitAsync(AtOnce));
    });
}
