using System.Text.Json;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>Load testers, each a process, that load a gateway together and meet in its cluster.</summary>
public sealed class LoadWorkersTests : ProcessTest
{
    private const int Connections = 8;

    // A run of some seconds, and before it a program that starts on a busy machine.
    private static readonly TimeSpan RunPatience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task WorkersLoadTogether_AndOneThatIsKilledIsNoticed_WithoutHarmToTheOther()
    {
        var service = await StartServiceAsync(Topology.TwoProcesses);
        EchoProcess[] workers = [Worker(service), Worker(service)];
        foreach (var worker in workers) await worker.Output.WaitForAsync("waits for runs in the session 'default'");

        // All goes well.
        var (code, result) = await ResultAsync(Conductor(service, 2, "2s"));
        Assert.Equal((0, "Passed", 2), (code, Verdict(result), Workers(result)));
        Assert.Equal(Connections, Total(result).GetProperty("connectionsOpen").GetInt32());
        Assert.True(Total(result).GetProperty("messages").GetInt64() > 0);
        foreach (var worker in workers) await worker.Output.WaitForAsync("The run is over, and reported.");
        Assert.Equal(["this is worker 1 of 2.", "this is worker 2 of 2."], workers.Select(w => w.Output.Lines.Single(l => l.Contains("' begins; ", StringComparison.Ordinal)).Split("; ")[1]).Order(StringComparer.Ordinal));
        await service.ActiveAsync(0);

        // One dies in the middle of it.
        var conductor = Conductor(service, 2, "8s");
        await conductor.Output.WaitForAsync($"{Connections} open, "); // the line of its first second
        workers[1].Send(Signal.Kill);
        await service.ActiveAsync(Connections / 2);
        (code, result) = await ResultAsync(conductor);
        Assert.Equal((4, "Invalid"), (code, Verdict(result)));
        Assert.Contains(result.GetProperty("remarks").EnumerateArray(), r => r.GetString()!.Contains(" was lost after ", StringComparison.Ordinal));
        Assert.InRange(result.GetProperty("seconds").GetDouble(), 7.5, 30);

        // The other one goes on.
        (code, result) = await ResultAsync(Conductor(service, 1, "1s"));
        Assert.Equal((0, "Passed", 1), (code, Verdict(result), Workers(result)));
        workers[0].Send(Signal.Interrupt);
        Assert.Equal(0, await workers[0].WaitForExitAsync());
    }

    private static string Silo(EchoService service) => $"127.0.0.1:{service.SiloPorts.Gateway}";

    // Closed loops that think: nothing that is late makes a run invalid on a busy machine.
    private EchoProcess Conductor(EchoService service, int workers, string duration) => Start(
        EchoExecutable.LoadTest,
        ["run", "--workers", $"{workers}", "--silo", Silo(service), "--target", $"{service.Line}", "--connections", $"{Connections}", "--think", "5ms", "--warmup", "500ms", "--duration", duration, "--json", "result.json"]);

    private EchoProcess Worker(EchoService service) => Start(EchoExecutable.LoadTest, ["worker", "--silo", Silo(service)]);

    private static async Task<(int Code, JsonElement Result)> ResultAsync(EchoProcess conductor)
    {
        var code = await conductor.WaitForExitAsync(RunPatience);
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(conductor.WorkingDirectory, "result.json"), Cancelled));
        return (code, document.RootElement.Clone());
    }

    private static string? Verdict(JsonElement result) => result.GetProperty("verdict").GetString();

    private static int Workers(JsonElement result) => result.GetProperty("generator").GetProperty("workers").GetInt32();

    private static JsonElement Total(JsonElement result) => result.GetProperty("total");
}
