using System.Net;
using System.Net.Sockets;
using OrleansEcho.Testing.Processes;

namespace OrleansEcho.Cluster.Tests;

/// <summary>
/// A wrong configuration ends the program with all its faults, an address that is taken with one line; never with a stack trace.
/// </summary>
public sealed class ConfigurationTests : ProcessTest
{
    private static readonly EchoExecutable[] Programs = [EchoExecutable.Standalone, EchoExecutable.Gateway, EchoExecutable.Silo];

    [Fact]
    public async Task EveryFault_IsListed()
    {
        var errors = await FailAsync(
            2,
            EchoExecutable.Standalone,
            "--listen", "line=127.0.0.1:7000", "--listen", "raw=*:7000",
            "--max-connections", "0", "--management", "nowhere", "--log-level", "loud", "--no-such-flag",
            "--Gateway:Listeners:line:MaxMessageBytes=1000000", "--Gateway:MaxConections=5", "--Silo:Address=0.0.0.0",
            "--Backend:PatienceSeconds=x");
        Assert.Contains(errors, e => e.StartsWith("OrleansEcho.Standalone cannot start: ", StringComparison.Ordinal));
        string[] faults =
        [
            "--log-level: 'loud' ", "--no-such-flag", "Gateway:MaxConnections: '0' ",
            "Gateway:MaxConections (from the command line) is not an option; did you mean Gateway:MaxConnections?",
            "Backend:PatienceSeconds: 'x' ", "Management:Address: 'nowhere' ", "MaxBytesInFlight: 65536 is less than ",
            "port 7000 is taken by ", "Silo:Address: '0.0.0.0' ",
        ];
        Assert.All(faults, fault => Assert.Contains(
            errors, e => e.StartsWith("error: ", StringComparison.Ordinal) && e.Contains(fault, StringComparison.Ordinal)));
        Assert.Equal(faults.Length + 1, errors.Count);
    }

    [Fact]
    public async Task NonsenseInAVariableOfOpenTelemetry_IsAFaultAsAnyOther()
    {
        var silo = Start(EchoExecutable.Silo, ["--port", "0", "--quota", "0"], new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4317",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "5s",
        });
        Assert.Equal(2, await silo.WaitForExitAsync());
        Assert.Equal(["OrleansEcho.Silo", "error: OTEL_EXPORTER_OTLP_ENDPOINT", "error: OTEL_METRIC_EXPORT_INTERVAL", "error: Quota:Limit"],
            silo.Output.Errors.Select(e => e.Split(" cannot ")[0].Split(": '")[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task MoreConnectionsThanDescriptors_AreAFault()
    {
        var error = Assert.Single((await FailAsync(2, EchoExecutable.Gateway, "--max-connections", "1000000")).Skip(1));
        Assert.Contains("Gateway:MaxConnections: 1000000 needs ", error, StringComparison.Ordinal);
        Assert.Contains("ulimit -n", error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Addresses => new()
    {
        // The program, what takes the port ({0}), and the option that the line must name.
        { "Standalone", "--listen line={0} --management 127.0.0.1:0", "Gateway:Listeners:line:Address" },
        { "Standalone", "--listen line=127.0.0.1:0 --management {0}", "Management:Address" },
        { "Gateway", "--listen line={0} --management 127.0.0.1:0", "Gateway:Listeners:line:Address" },
        { "Gateway", "--listen line=127.0.0.1:0 --management {0}", "Management:Address" },
        { "Silo", "--port {1} --gateway-port {2} --management 127.0.0.1:0", "Silo:Port" },
        { "Silo", "--port {2} --gateway-port {1} --management 127.0.0.1:0", "Silo:GatewayPort" },
        { "Silo", "--port {2} --gateway-port 0 --management {0}", "Management:Address" },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task PortInUse_IsNamed(string program, string arguments, string option)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var taken = Assert.IsType<IPEndPoint>(other.LocalEndPoint);
        var line = string.Format(System.Globalization.CultureInfo.InvariantCulture, arguments, taken, taken.Port, FreePorts.Next());
        var process = Start(Programs.Single(p => p.Name == program), line.Split(' '));
        var error = Assert.Single(await FailAsync(3, process));
        Assert.Equal([error], process.Output.Lines); // it is found before anything starts
        Assert.StartsWith($"error: Port {taken.Port} of 127.0.0.1 ({option}) is in use by another process; choose another with --", error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--listen line=203.0.113.1:7000", "Gateway:Listeners:line:Address")] // an address for examples (RFC 5737): nobody's
    [InlineData("--management 203.0.113.1:9400", "Management:Address")]
    [InlineData("--Silo:Address=203.0.113.1", "Silo:Address")]
    public async Task AddressOfAnotherMachine_IsNamed(string arguments, string option)
    {
        // What stands last counts, so what is asked for replaces what would be free.
        string[] free = arguments.Contains("--management", StringComparison.Ordinal) ? ["--listen", "line=127.0.0.1:0"]
            : arguments.Contains("--listen", StringComparison.Ordinal) ? ["--management", "127.0.0.1:0"]
            : ["--listen", "line=127.0.0.1:0", "--management", "127.0.0.1:0"];
        var error = Assert.Single(await FailAsync(3, EchoExecutable.Standalone, [.. free, .. arguments.Split(' ')]));
        Assert.Contains($"203.0.113.1 ({option}) is not an address of this machine", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrivilegedPort_IsNamed()
    {
        // root may bind every port, unless the capability for it is taken away.
        string[] withoutPrivilege = Environment.IsPrivilegedProcess
            ? ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"] : [];
        if (Environment.IsPrivilegedProcess) OutsideProgram.SkipUnlessInstalled("setpriv");
        var process =
            Start(EchoExecutable.Standalone, ["--listen", "line=127.0.0.1:7", "--management", "127.0.0.1:0"], through: withoutPrivilege);
        var error = Assert.Single(await FailAsync(3, process));
        Assert.Contains(
            "Port 7 of 127.0.0.1 (Gateway:Listeners:line:Address) is not permitted to this user", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderThatNobodyMayWriteTo_IsNamedBeforeAnythingStarts()
    {
        if (!OperatingSystem.IsLinux()) return;
        string[] withoutPrivilege = Environment.IsPrivilegedProcess
            ? ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] : [];
        if (Environment.IsPrivilegedProcess) OutsideProgram.SkipUnlessInstalled("setpriv");
        var folder = Directory.CreateTempSubdirectory("echo-");
        try
        {
            folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserExecute;
            var socket = $"{folder.FullName}/s";
            var process = Start(
                EchoExecutable.Standalone, ["--listen", $"line=unix:{socket}", "--management", "127.0.0.1:0"], through: withoutPrivilege);
            var error = Assert.Single(await FailAsync(3, process));
            Assert.Equal([error], process.Output.Lines);
            Assert.Contains(
                $"Socket {socket} (Gateway:Listeners:line:Address) is not permitted to this user", error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task HelpAndVersion_AreNoFault()
    {
        foreach (var program in Programs)
        {
            var help = Start(program, ["--help"]);
            Assert.Equal(0, await help.WaitForExitAsync());
            Assert.Contains(help.Output.Lines, l => l.StartsWith($"  OrleansEcho.{program} [flags]", StringComparison.Ordinal));
            Assert.Empty(help.Output.Errors);

            var version = Start(program, ["--version"]);
            Assert.Equal(0, await version.WaitForExitAsync());
            Assert.Matches($@"^OrleansEcho\.{program} \d+\.\d+\.\d+", Assert.Single(version.Output.Lines));
        }
    }

    [Fact]
    public async Task CommandLine_IsStrongerThanTheEnvironment_AndThatThanTheFile()
    {
        var process = Start(
            EchoExecutable.Standalone,
            ["--Gateway:Listeners:line:MaxMessageBytes=30"],
            new Dictionary<string, string>
            {
                ["Gateway__Listeners__line__MaxMessageBytes"] = "20",
                ["Gateway__Listeners__length-prefixed__MaxMessageBytes"] = "20",
                ["Management__Address"] = "127.0.0.1:0",
            },
            """
            { "Gateway": { "Listeners": {
                "line": { "Address": "127.0.0.1:0", "MaxMessageBytes": 10 },
                "length-prefixed": { "Address": "127.0.0.1:0", "MaxMessageBytes": 10 },
                "raw": { "Enabled": false },
                "file": { "Framing": "line", "Address": "127.0.0.1:0", "MaxMessageBytes": 10 } } } }
            """);
        await process.Output.WaitForAsync("Try: "); // from then on an echo comes back
        foreach (var (listener, limit) in ((string, int)[])[("line", 30), ("file", 10)])
        {
            using var peer = await Peer.ConnectAsync(await process.ListenerAsync(listener));
            await peer.EchoLineAsync(new string('x', limit));
            await peer.SendAsync(new string('x', limit + 1));
            Assert.StartsWith("-ERR FrameTooLong ", await peer.ReceiveLineAsync(), StringComparison.Ordinal);
        }

        using (var framed = await Peer.ConnectAsync(await process.ListenerAsync("length-prefixed")))
        {
            await framed.SendAsync(Peer.Frame(new byte[21]));
            Assert.StartsWith("FrameTooLong ", await framed.ReceiveRefusalAsync(), StringComparison.Ordinal);
        }

        var settings = await process.Output.WaitForAsync("Settings: ");
        Assert.Contains(Path.Combine(process.WorkingDirectory, "appsettings.json"), settings, StringComparison.Ordinal);
        Assert.DoesNotContain(process.Output.Lines, l => l.Contains("Listener raw", StringComparison.Ordinal));
    }

    /// <summary>As in the container's image, whose environment opens three listeners on all addresses.</summary>
    [Fact]
    public async Task Listen_ReplacesTheListenersOfTheImage()
    {
        var dockerfile = await File.ReadAllTextAsync(Repository.PathOf("Gateway", "Dockerfile"), Cancelled);
        var image = dockerfile.Split("\nENV ")[1].Split("\nEXPOSE")[0].Split(['\\', '\n', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.Equal("*:7007", image["Gateway__Listeners__raw__Address"]);
        var process = Start(EchoExecutable.Gateway, ["--listen", "chat:line=127.0.0.1:0", "--management", "127.0.0.1:0"], image);
        await process.ManagementAsync();
        Assert.Contains("Listener chat accepts on 127.0.0.1:",
            Assert.Single(process.Output.Lines, l => l.Contains(" accepts on ", StringComparison.Ordinal)), StringComparison.Ordinal);
        await process.Output.WaitForAsync(
            "--listen stands instead of what the environment sets: Gateway:Listeners:length-prefixed:Address, "
            + "Gateway:Listeners:line:Address, Gateway:Listeners:raw:Address.");
    }

    [Fact]
    public async Task ListenerWithoutAFraming_IsAFault()
    {
        var error = Assert.Single((await FailAsync(2, EchoExecutable.Gateway, "--Gateway:Listeners:chat:Address=127.0.0.1:0")).Skip(1));
        Assert.Equal("error: Gateway:Listeners:chat:Framing: is missing; a listener needs one of line, length-prefixed, raw.", error);
        var other = Assert.Single((await FailAsync(
            2, EchoExecutable.Gateway, "--Gateway:Listeners:chat:Address=127.0.0.1:0", "--Gateway:Listeners:chat:Framing=morse")).Skip(1));
        Assert.Equal(
            "error: Gateway:Listeners:chat:Framing: 'morse' (from the command line) is not one of line, length-prefixed, raw.", other);
    }

    private Task<IReadOnlyList<string>> FailAsync(int exitCode, EchoExecutable program, params string[] arguments) =>
        FailAsync(exitCode, Start(program, arguments));

    private static async Task<IReadOnlyList<string>> FailAsync(int exitCode, EchoProcess process)
    {
        Assert.Equal(exitCode, await process.WaitForExitAsync());
        Assert.DoesNotContain(process.Output.Lines,
            l => l.Contains("Exception", StringComparison.Ordinal) || l.StartsWith("   at ", StringComparison.Ordinal));
        return process.Output.Errors;
    }
}
