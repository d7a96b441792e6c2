using System.Text;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>A signal stops the program in order: peers are told, the deadline holds, and the exit code says that all went well.</summary>
public sealed class StopTests : ProcessTest
{
    // Well below the DrainTimeoutSeconds that these tests set: so it was not the deadline that ended the wait.
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(60);

    // A little longer than a start may take after a signal.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(5.2);

    public static TheoryData<Topology, Signal> Stops => new()
    {
        { Topology.Standalone, Signal.Terminate },
        { Topology.Standalone, Signal.Interrupt },
        { Topology.Standalone, Signal.Quit },
        { Topology.TwoProcesses, Signal.Terminate },
        { Topology.TwoProcesses, Signal.HangUp },
    };

    [Theory]
    [MemberData(nameof(Stops))]
    public async Task IdlePeers_AreTold_AndTheProgramEndsAtOnce(Topology topology, Signal signal)
    {
        var service = await StartServiceAsync(topology, "--Gateway:DrainTimeoutSeconds=120");
        using var line = await Peer.ConnectAsync(service.Line);
        using var framed = await Peer.ConnectAsync(service.LengthPrefixed);
        using var raw = await Peer.ConnectAsync(service.Raw);
        using var unix = await Peer.ConnectAsync(service.Unix);
        await line.EchoLineAsync("hello");
        await unix.EchoLineAsync("hello");
        await service.ActiveAsync(4);

        service.Front.Send(signal);
        Assert.Matches("^-ERR Draining [^\n]+\n$", await line.ReceiveAllAsync());
        Assert.Matches("^-ERR Draining [^\n]+\n$", await unix.ReceiveAllAsync());
        Assert.StartsWith("Draining ", await framed.ReceiveRefusalAsync(), StringComparison.Ordinal);
        Assert.Empty(await raw.ReceiveAllAsync());
        foreach (var peer in (Peer[])[line, framed, raw, unix]) peer.Dispose();
        Assert.Equal(0, await service.Front.WaitForExitAsync(Quick));
        Assert.Empty(service.Front.Output.Errors);
        if (service.Silo is not { } silo) return;
        silo.Send(signal);
        Assert.Equal(0, await silo.WaitForExitAsync(Quick));
    }

    [Fact]
    public async Task PeerThatDoesNotRead_IsAborted_AtTheDeadline()
    {
        var service = await StartServiceAsync(
            Topology.Standalone, "--Gateway:DrainTimeoutSeconds=1", "--Gateway:Listeners:line:SendTimeoutSeconds=0");
        using var deaf = await Peer.ConnectAsync(service.Line);
        var flood = deaf.FloodAsync(
            Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 1023) + "\n", 64))), limit: long.MaxValue);
        await service.ActiveAsync(1);
        service.Front.Send(Signal.Terminate);
        await service.Front.Output.WaitForAsync("1 connections did not end in time and are aborted");
        Assert.Equal(0, await service.Front.WaitForExitAsync(Quick));
        await flood;
    }

    [Fact]
    public async Task HangUp_IsNoWish_WhereItWasIgnoredAtTheStart()
    {
        var standalone = Start(EchoExecutable.Standalone, EchoService.FreeListeners, through: "nohup");
        var live = new Uri(await standalone.ManagementAsync(), "/health/live");
        standalone.Send(Signal.HangUp);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await EchoService.GetAsync(live)).Status);
        standalone.Send(Signal.Terminate);
        await standalone.Output.WaitForAsync("Stopping (SIGTERM)"); // the first that it heard of
        Assert.Equal(0, await standalone.WaitForExitAsync(Quick));
    }

    [Fact]
    public async Task SecondInterrupt_AbortsALongDrain()
    {
        var service = await StartServiceAsync(Topology.Standalone, "--Gateway:DrainWaitSeconds=600");
        using var peer = await Peer.ConnectAsync(service.Line);
        await peer.EchoLineAsync("hello");
        service.Front.Send(Signal.Interrupt);
        await service.Front.Output.WaitForAsync("Draining: 1 connections");
        await peer.EchoLineAsync("still here");
        service.Front.Send(Signal.Interrupt);
        Assert.Equal(130, await service.Front.WaitForExitAsync(Quick));
    }

    public static TheoryData<string, string> Starts => new()
    {
        // A line that each writes on its way up, when the signals are already its own.
        { "Standalone", "Starting" },
        { "Silo", "Starting" },
        { "Gateway", "Waiting for a silo" },
    };

    [Theory]
    [MemberData(nameof(Starts))]
    public async Task SignalDuringTheStart_EndsItInOrder(string program, string line)
    {
        var (executable, arguments) = Program(program);
        var process = Start(executable, [.. arguments, "--Logging:LogLevel:Orleans=Information"]);
        await process.Output.WaitForAsync(line);
        process.Send(Signal.Terminate);
        Assert.Equal(0, await process.WaitForExitAsync(Quick));
        Assert.Empty(process.Output.Errors);
    }

    [Theory]
    [InlineData("Standalone")]
    [InlineData("Silo")]
    public async Task SignalDuringAStartThatTakesTooLong_CutsItShort_WithoutAFault(string program)
    {
        const int most = 5; // one that has just started when it is frozen shows nothing
        for (var tries = 1; !await IsCutShortAsync(); tries++) Assert.True(tries < most, "Each time it had started before it stood still.");

        async Task<bool> IsCutShortAsync()
        {
            var (executable, arguments) = Program(program);
            var process = Start(executable, [.. arguments, "--Logging:LogLevel:Orleans=Information"]);
            await process.Output.WaitForAsync("Starting Orleans Silo");
            process.Send(Signal.Terminate);
            await process.Output.WaitForAsync("Stopping (SIGTERM)");
            await process.FreezeAsync();
            await Task.Delay(StartPatience, TimeProvider.System, Cancelled);
            process.Send(Signal.Continue);
            Assert.Equal(0, await process.WaitForExitAsync(Quick));
            Assert.Empty(process.Output.Errors);
            return !process.Output.Lines.Any(line => line.StartsWith("Health and metrics: ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task UnixSocket_IsThereAgain_AfterAKill()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"echo-{Guid.NewGuid():N}.sock");
        string[] arguments = ["--listen", $"line=unix:{socket}", "--management", "127.0.0.1:0"];
        var first = Start(EchoExecutable.Standalone, arguments);
        await first.ListenerAsync("line");
        first.Send(Signal.Kill);
        await first.WaitForExitAsync();
        Assert.True(File.Exists(socket));

        var second = Start(EchoExecutable.Standalone, arguments);
        using (var peer = await Peer.ConnectAsync(await second.ListenerAsync("line"))) await peer.EchoLineAsync("hello");
        second.Send(Signal.Terminate);
        Assert.Equal(0, await second.WaitForExitAsync(Quick));
        Assert.False(File.Exists(socket));
    }

    private static (EchoExecutable Executable, string[] Arguments) Program(string name) => name switch
    {
        "Standalone" => (EchoExecutable.Standalone, EchoService.FreeListeners),
        "Silo" => (EchoExecutable.Silo, ["--port=0", $"--gateway-port={FreePorts.Next()}", "--management=127.0.0.1:0"]),
        _ => (EchoExecutable.Gateway, EchoService.FreeListeners),
    };
}

/// <summary>A drain that has longer than .NET's host would give it.</summary>
public sealed class LongDrainTests : ProcessTest
{
    [Fact]
    public async Task LongDrain_LastsAsLongAsItMay_AndPeersMayFinishByThemselves()
    {
        // Longer than the 30 s after which .NET's host loses its patience by default.
        const int Wait = 32;
        var service = await StartServiceAsync(Topology.Standalone, $"--Gateway:DrainWaitSeconds={Wait}");
        using var patient = await Peer.ConnectAsync(service.Line);
        using var leaving = await Peer.ConnectAsync(service.Line);
        await patient.EchoLineAsync("hello");
        await leaving.EchoLineAsync("hello");
        service.Front.Send(Signal.Terminate);
        await service.Front.Output.WaitForAsync("Draining: 2 connections");
        await leaving.EchoLineAsync("one more");
        leaving.Finish();
        Assert.Empty(await leaving.ReceiveAllAsync());
        await service.Front.Output.WaitForAsync("Draining: 1 connections are asked to close", TimeSpan.FromSeconds(Wait + 15));
        Assert.Matches("^-ERR Draining [^\n]+\n$", await patient.ReceiveAllAsync());
        patient.Dispose();
        Assert.Equal(0, await service.Front.WaitForExitAsync());
    }
}
