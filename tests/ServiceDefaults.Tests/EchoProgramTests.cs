using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrleansEcho.ServiceDefaults.Tests;

[Collection(Alone.Name)]
public sealed class EchoProgramTests : IDisposable
{
    private const string Unexplained = "error: OrleansEcho.Sample cannot start; the log says why.";

    private static readonly string[] AnyPort = ["--management", "127.0.0.1:0"];

    private readonly WorkingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task HelpAndVersionGoToTheOutput()
    {
        await using var help = ProgramRun.Start(["--help", "--Sample:Count=wrong"]);
        Assert.Equal(ExitCode.Success, await help.EndAsync());
        Assert.StartsWith("OrleansEcho.Sample: stands in for a real one.", help.Output, StringComparison.Ordinal);

        await using var version = ProgramRun.Start(["--version"]);
        Assert.Equal(ExitCode.Success, await version.EndAsync());
        Assert.Matches(@"^OrleansEcho\.Sample \d+\.\d+\.\d+\n$", version.Output);
        Assert.Empty(version.ErrorLines);
    }

    [Theory]
    [InlineData("--sum", 0, "3\n", "")]
    [InlineData("--fail", 1, "", "error: It failed.")]
    public async Task CommandIsDoneInsteadOfRunning(string command, int exitCode, string output, string error)
    {
        var started = false;
        await using var run = ProgramRun.Start([command], services => services.AddHostedService(_ => new Service(() => started = true)));
        Assert.Equal(exitCode, await run.EndAsync());
        Assert.Equal((output, error, false), (run.Output, string.Join('\n', run.ErrorLines), started));
    }

    [Fact]
    public async Task EveryFaultIsListed_WhenCommandLineFilesOptionsAndValidatorsFindSome()
    {
        _folder.Write("appsettings.json", """{ "Sample": { "Cuont": 5, "Name": "forbidden" } }""");
        await using var run = ProgramRun.Start(
            ["--nonsense", "--Sample:Count=0", "--management", "nowhere", "--config", "none.json"],
            services => services.AddSingleton<IValidateOptions<SampleOptions>, NameValidator>());
        Assert.Equal(ExitCode.InvalidConfiguration, await run.EndAsync());
        Assert.Equal("OrleansEcho.Sample cannot start: 6 faults in its configuration.", run.ErrorLines[0]);
        Assert.Equal(
            [
                "error: --config: there is no file 'none.json'.",
                "error: Management:Address: 'nowhere' is no address to listen on: it needs a port from 0 to 65535 at its end, as in "
                + "127.0.0.1:8080.",
                "error: Sample:Count: '0' (from the command line) is not in the range 1 to 100.",
                "error: Sample:Cuont (from appsettings.json) is not an option; did you mean Sample:Count?",
                "error: Sample:Name: 'forbidden' is forbidden.",
                "error: There is no flag '--nonsense'; --help lists all.",
            ],
            run.ErrorLines.Skip(1).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task TheFirstFaultsAreListed_WhenThereAreVeryMany()
    {
        _folder.Write("appsettings.json", $"{{{string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"K{i}\":1"))}}}");
        await using var run = ProgramRun.Start(["--nonsense"]);
        Assert.Equal(ExitCode.InvalidConfiguration, await run.EndAsync());
        Assert.Equal("OrleansEcho.Sample cannot start: 1001 faults in its configuration.", run.ErrorLines[0]);
        Assert.Equal("error: and 900 more keys that are wrong; is it a file of settings for this program?", run.ErrorLines[^1]);
        Assert.Equal(103, run.ErrorLines.Count);
    }

    // In seconds. A look at every key for each of them would take minutes, and nothing that waits can end it.
    [Fact]
    public async Task ADataFileInPlaceOfSettingsIsRefusedSoon()
    {
        _folder.Write("appsettings.json", $"{{{string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"K{i}\":1"))}}}");
        var starting = async () =>
        {
            await using var run = ProgramRun.Start([]);
            Assert.Equal(ExitCode.InvalidConfiguration, await run.EndAsync());
            return run.ErrorLines[0];
        };
        var said = await Task.Run(starting, TestContext.Current.CancellationToken).WithinAsync("a file of 200,000 keys to be refused");
        Assert.Equal("OrleansEcho.Sample cannot start: 200000 faults in its configuration.", said);
    }

    [Fact]
    public async Task NothingInAFaultSteersTheTerminal()
    {
        _folder.Write("appsettings.json",
            """{ "\u001b[31mred\nerror: forged": 1, "Sample": { "Color": "\u001b[2Jblue\r\n", "Name": "a\u009bb" } }""");
        await using var run = ProgramRun.Start(["--no\u001b[1mflag"]);
        Assert.Equal(ExitCode.InvalidConfiguration, await run.EndAsync());
        Assert.Equal(5, run.ErrorLines.Count);
        Assert.All(run.ErrorLines, line => Assert.DoesNotContain(line, char.IsControl));
        Assert.Contains(@"error: Sample:Color: '\u001b[2Jblue\r\n' (from appsettings.json) is not one of red, green.", run.ErrorLines);
    }

    [Fact]
    public async Task NearMissIsNoted_AndLogged()
    {
        _folder.SetVariable("Sample_Count", "5");
        await using (var wrong = ProgramRun.Start(["--nonsense"]))
        {
            await wrong.EndAsync();
            Assert.Equal("note: The variable Sample_Count sets nothing; did you mean Sample__Count?", wrong.ErrorLines[^1]);
        }

        await using var run = ProgramRun.Start(AnyPort);
        await run.StartedAsync();
        Assert.Contains(run.Log,
            l => l.Level is LogLevel.Warning && l.Message == "The variable Sample_Count sets nothing; did you mean Sample__Count?");
    }

    [Fact]
    public async Task OneFaultIsListed_WhenAFileIsMalformed()
    {
        _folder.Write("appsettings.json", "{");
        await using var run = ProgramRun.Start(AnyPort);
        Assert.Equal(ExitCode.InvalidConfiguration, await run.EndAsync());
        Assert.Equal(2, run.ErrorLines.Count);
        Assert.Equal("OrleansEcho.Sample cannot start: one fault in its configuration.", run.ErrorLines[0]);
        Assert.StartsWith("error: 'appsettings.json' cannot be read: ", run.ErrorLines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Logging:LogLevel:Default=loud")]
    [InlineData("--Sample:Count=x")]
    public async Task NoStackTraceIsShown_WhenAValueWouldMakeTheHostThrow(string arg)
    {
        await using var run = ProgramRun.Start([.. AnyPort, arg]);
        Assert.Equal(ExitCode.InvalidConfiguration, await run.EndAsync());
        Assert.Equal(2, run.ErrorLines.Count);
    }

    [Fact]
    public async Task PortIsNamedInOneLine_WhenItIsTaken()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        await using var run = ProgramRun.Start(["--management", $"127.0.0.1:{port}"]);
        Assert.Equal(ExitCode.CannotBind, await run.EndAsync());
        Assert.Equal([
            $"error: Port {port} of 127.0.0.1 (Management:Address) is in use by another process; choose another with --management ADDRESS "
            + "or stop it."], run.ErrorLines);
        AssertNoStackTrace(run);
    }

    // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
    [Fact]
    public async Task AddressIsNamedInOneLine_WhenItIsNotOfThisMachine()
    {
        await using var run = ProgramRun.Start(["--management", "192.0.2.1:9400"]);
        Assert.Equal(ExitCode.CannotBind, await run.EndAsync());
        Assert.Equal([
            "error: 192.0.2.1 (Management:Address) is not an address of this machine; choose one of its own, or *, with "
            + "--management ADDRESS."], run.ErrorLines);
        AssertNoStackTrace(run);
    }

    [Fact]
    public async Task TakenPort_IsFoundBeforeAnythingStarts()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var hasStarted = false;
        await using var run = ProgramRun.Start(
            ["--management", $"{other.LocalEndPoint}"], services => services.AddHostedService(_ => new Service(() => hasStarted = true)));
        Assert.Equal(ExitCode.CannotBind, await run.EndAsync());
        Assert.False(hasStarted);
    }

    [Fact]
    public async Task EveryAddressThatCannotBeBound_IsNamed()
    {
        using var folder = new WorkingFolder();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var taken = new UnixDomainSocketEndPoint(Path.GetFullPath("taken"));
        socket.Bind(taken);
        socket.Listen();
        using var gone = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        gone.Bind(new UnixDomainSocketEndPoint(Path.GetFullPath("gone-bound")));
        File.Move("gone-bound", "gone");
        gone.Dispose(); // what a killed process leaves: whoever binds the path removes it
        await File.WriteAllTextAsync("notes", "mine", TestContext.Current.CancellationToken);
        Directory.CreateDirectory("folder");
        var claims = new Claims(
            new EndpointClaim("A:Address", taken, "--a PATH"),
            new EndpointClaim("B:Address", new UnixDomainSocketEndPoint(Path.GetFullPath("nowhere/s")), "--b PATH"),
            new EndpointClaim("C:Address", new UnixDomainSocketEndPoint(Path.GetFullPath("gone")), "--c PATH"),
            new EndpointClaim("D:Address", new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0), "--d ADDRESS"),
            new EndpointClaim("E:Address", new UnixDomainSocketEndPoint(Path.GetFullPath("notes")), "--e PATH"),
            new EndpointClaim("F:Address", new UnixDomainSocketEndPoint(Path.GetFullPath("folder")), "--f PATH"));
        await using var run = ProgramRun.Start(AnyPort, services => services.AddSingleton<IEndpointClaims>(claims));
        Assert.Equal(ExitCode.CannotBind, await run.EndAsync());
        Assert.Equal(
            [
                $"error: Socket {taken} (A:Address) is in use by another process; choose another with --a PATH or stop it.",
                $"error: Socket {Path.GetFullPath("nowhere/s")} (B:Address) is in a folder that does not exist; create it or choose "
                + "another with --b PATH.",
                "error: 192.0.2.1 (D:Address) is not an address of this machine; choose one of its own, or *, with --d ADDRESS.",
                $"error: {Path.GetFullPath("notes")} (E:Address) is no socket: something else lies at that path; move it away or choose "
                + "another with --e PATH.",
                $"error: {Path.GetFullPath("folder")} (F:Address) is no socket: something else lies at that path; move it away or choose "
                + "another with --f PATH.",
            ],
            run.ErrorLines);
        Assert.True(File.Exists("gone"));
        Assert.Equal("mine", await File.ReadAllTextAsync("notes", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task FaultIsTheLastThatIsSaid()
    {
        var mayFail = new TaskCompletionSource();
        IReadOnlyList<string>? saidBefore = null;
        Action look = () => { };
        await using var run = ProgramRun.Start(AnyPort, services => services
            .AddSingleton(_ => new LastWord(() => look()))
            .AddHostedService(provider =>
            {
                provider.GetRequiredService<LastWord>(); // what is never made is never disposed of
                return new LateFailure(mayFail.Task);
            }));
        look = () => saidBefore = run.ErrorLines;
        mayFail.SetResult();
        Assert.Equal(42, await run.EndAsync());
        Assert.Empty(saidBefore!);
        Assert.Equal(["error: The moon is full; wait a day."], run.ErrorLines);
    }

    [Fact]
    public async Task ServiceEndsTheStart_WhenItExplainsWhy()
    {
        await using var run = ProgramRun.Start(AnyPort, services => services.AddHostedService(_ => new Service(() =>
            throw new InvalidOperationException("outer", new StartupException(42, "The moon is full; wait a day.")))));
        Assert.Equal(42, await run.EndAsync());
        Assert.Equal(["error: The moon is full; wait a day."], run.ErrorLines);
        AssertNoStackTrace(run);
    }

    public static TheoryData<Exception> UnexplainedFaults => [new InvalidOperationException("secret"), new FileNotFoundException("secret"),
        new SocketException((int)SocketError.ConnectionRefused)];

    [Theory]
    [MemberData(nameof(UnexplainedFaults), DisableDiscoveryEnumeration = true)]
    public async Task LogExplains_WhenAServiceFailsUnexpectedly(Exception fault)
    {
        await using var run = ProgramRun.Start(AnyPort, services => services.AddHostedService(_ => new Service(() => throw fault)));
        Assert.Equal(ExitCode.Failure, await run.EndAsync());
        Assert.Equal([Unexplained], run.ErrorLines);
        Assert.Same(fault, Assert.Single(run.Log, l => l.Level is LogLevel.Critical).Fault);
    }

    [Fact]
    public async Task LogExplains_WhenAValidatorThrows()
    {
        await using var run =
            ProgramRun.Start(AnyPort, services => services.AddSingleton<IValidateOptions<SampleOptions>, BrokenValidator>());
        Assert.Equal(ExitCode.Failure, await run.EndAsync());
        Assert.Equal([Unexplained], run.ErrorLines);
        Assert.Contains(run.Log, l => l.Level is LogLevel.Critical && l.Fault is NotSupportedException);
    }

    [Fact]
    public async Task ExitCodeIsFailure_WhenABackgroundServiceFails()
    {
        await using var run =
            ProgramRun.Start(AnyPort, services => services.AddHostedService(_ => new Background(new InvalidOperationException("broken"))));
        Assert.Equal(ExitCode.Failure, await run.EndAsync());
        Assert.Equal(["error: OrleansEcho.Sample stopped because a part of it failed; the log says which."], run.ErrorLines);
        Assert.Contains(run.Log, l => l.Level >= LogLevel.Error && l.Fault is InvalidOperationException { Message: "broken" });
    }

    [Fact]
    public async Task ExitCodeIsFailure_WhenAServiceCannotStop()
    {
        await using var run = ProgramRun.Start(AnyPort, services =>
        {
            services.AddHostedService(_ => new Service(() => { }, () => throw new InvalidOperationException("stuck")));
            services.AddHostedService(provider => new Stopper(provider, whileStarting: false));
        });
        Assert.Equal(ExitCode.Failure, await run.EndAsync());
        Assert.Equal(["error: OrleansEcho.Sample did not stop in order; the log says why."], run.ErrorLines);
        Assert.Contains(run.Log, l => l.Level is LogLevel.Error && l.Fault is InvalidOperationException { Message: "stuck" });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExitCodeIsSuccess_WhenAServiceStopsTheProgram(bool whileStarting)
    {
        await using var run = ProgramRun.Start(AnyPort, services =>
        {
            services.AddHostedService(provider => new Stopper(provider, whileStarting));
            services.AddHostedService(_ => new Background(fault: null));
        });
        Assert.Equal(ExitCode.Success, await run.EndAsync());
        Assert.Empty(run.ErrorLines);
        Assert.DoesNotContain(run.Log, l => l.Level >= LogLevel.Error);
    }

    private static void AssertNoStackTrace(ProgramRun run) => Assert.DoesNotContain(run.Log, l => l.Fault is not null);

    private sealed class NameValidator : IValidateOptions<SampleOptions>
    {
        public ValidateOptionsResult Validate(string? name, SampleOptions options) =>
            options.Name is "forbidden"
                ? ValidateOptionsResult.Fail("Sample:Name: 'forbidden' is forbidden.") : ValidateOptionsResult.Success;
    }

    private sealed class BrokenValidator : IValidateOptions<SampleOptions>
    {
        public ValidateOptionsResult Validate(string? name, SampleOptions options) => throw new NotSupportedException();
    }

    private sealed class Claims(params EndpointClaim[] claims) : IEndpointClaims
    {
        IEnumerable<EndpointClaim> IEndpointClaims.Claims => claims;
    }

    /// <summary>Is disposed of when everything else has been said and done.</summary>
    private sealed class LastWord(Action said) : IDisposable
    {
        public void Dispose() => said();
    }

    private sealed class LateFailure(Task mayFail) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await mayFail;
            throw new StartupException(42, "The moon is full; wait a day.");
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Service(Action start, Action? stop = null) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            stop?.Invoke();
            return Task.CompletedTask;
        }
    }

    /// <summary>Runs until it is stopped; with a fault, fails at once.</summary>
    private sealed class Background(Exception? fault) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            if (fault is not null) throw fault;
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);
        }
    }

    private sealed class Stopper(IServiceProvider services, bool whileStarting) : IHostedLifecycleService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Stop(whileStarting);

        public Task StartedAsync(CancellationToken cancellationToken) => Stop(!whileStarting);

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private Task Stop(bool now)
        {
            if (now) services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            return Task.CompletedTask;
        }
    }
}
