using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OrleansEcho.ServiceDefaults.CommandLine;
using OrleansEcho.ServiceDefaults.Configuration;
using OrleansEcho.ServiceDefaults.Processes;
using OrleansEcho.ServiceDefaults.Telemetry;
using Spectre.Console;

namespace OrleansEcho.ServiceDefaults;

/// <summary>Runs a program of this project from its command line to its exit code.</summary>
public static partial class EchoProgram
{
    // Nobody reads more, and a file of something else may have hundreds of thousands.
    private const int MostFaults = 100;

    private static readonly TimeSpan StopAfterFailedStart = TimeSpan.FromSeconds(5);

    // What these say at the levels below is either said better by our own lines or true of every healthy start.
    private static readonly (string Category, LogLevel Least)[] QuietCategories =
    [
        ("Orleans.Runtime.Watchdog", LogLevel.Error), // measures its first interval from the machine's boot
        ("Orleans.Messaging", LogLevel.Critical), // a stack trace for each message that finds no silo; who sent it hears of it
        ("Orleans.Grain", LogLevel.Critical), // a stack trace for each grain that cannot be made; who called it hears of it
        ("Orleans.Runtime.GrainDirectory", LogLevel.Critical), // stack traces by the dozen about each silo that is lost
        ("Orleans.Runtime.Metadata", LogLevel.Error), // the same
        ("Polly", LogLevel.Critical), // Orleans' retries: three stack traces for each message to a silo that has just died
        // A stack trace for each probe of a silo that is lost, and pages after standing still.
        ("Orleans.Runtime.MembershipService", LogLevel.Error),
        // Stack traces when a silo stops while the list of silos is away, and pages while one joins: JoinReport says whom it waits for.
        ("Orleans.Runtime.MembershipService.MembershipAgent", LogLevel.Critical),
        // A stack trace for each silo that cannot be suspected while the list is away: StoreOutage says that it is.
        ("Orleans.Runtime.MembershipService.ClusterHealthMonitor", LogLevel.Critical),
        ("Orleans.Runtime.MembershipService.MembershipSystemTarget", LogLevel.Critical), // the same for each piece of gossip
        ("Orleans.Runtime.MembershipService.MembershipTableCleanupAgent", LogLevel.Critical), // the same for tidying up
        // Says that it was declared dead: EvictionHandler says so, too.
        ("Orleans.Runtime.MembershipService.MembershipTableManager", LogLevel.Critical),
        // A stack trace when a grain was to go to a silo that is gone: it stays.
        ("Orleans.Runtime.ActivationMigrationManager", LogLevel.Critical),
        ("Orleans.Runtime.AsyncTimer", LogLevel.Error), // a line for each timer after the process has stood still
        // A stack trace for each address of several where no silo is, and one when a silo has stopped before its client could say goodbye.
        ("Orleans.Runtime.ClientClusterManifestProvider", LogLevel.Critical),
        // Cannot tell a silo that is gone which gateways there are: it tells the next.
        ("Orleans.Runtime.GrainDirectory.ClientDirectory", LogLevel.Critical),
        // A stack trace for each call to a store that is away, and for each lost race.
        ("Orleans.Storage.AdoNetGrainStorage", LogLevel.Critical),
        ("Orleans.Persistence.RedisGrainStorage", LogLevel.Critical), // the grain gets the exception, and knows which of them is a fault
        // Cannot cancel a call to a silo that has stopped: true, and no fault.
        ("Orleans.Runtime.GrainCallCancellationManager", LogLevel.Critical),
        ("Orleans.Runtime.CallbackData", LogLevel.Error), // a line for each call without an answer: thousands, when a silo is frozen
        // Takes the time that a process stood still for a long task, in a line of screens.
        ("Orleans.Runtime.Scheduler.WorkItemGroup", LogLevel.Error),
        ("Orleans.Runtime.Messaging", LogLevel.Error), // a stack trace for each attempt to reach a silo that is not there yet
        // Below, a stack trace for a port in use; a part that fails is critical.
        ("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical),
        ("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical), // an error for each probe of a gateway that is not ready
    ];

    // Of it and its life cycle. Warns that the server GC is off, which is on purpose (docs/experiments.md). Its errors
    // are those of a start, and of a stop.
    private const string SiloCategory = "Orleans.Runtime.Silo";

    /// <summary>Runs a program.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="program">What the program is and takes.</param>
    /// <param name="configure">Puts the program's services into the host.</param>
    /// <param name="output">For help and version; the terminal when null.</param>
    /// <param name="error">For a person's mistakes; the terminal when null.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <remarks>
    /// 1. Command line. 2. Layers of configuration. 3. All faults of both. 4. Addresses that cannot be bound. 5. Run. 6. What went wrong,
    /// after all that the log says. 7. Exit code.
    /// </remarks>
    public static async Task<int> RunAsync(
        string[] args, ProgramDescription program, Action<WebApplicationBuilder> configure, TextWriter? output =
            null, TextWriter? error = null)
    {
        if (output is null) TerminalWriter.Install();
        (output, error) = (output ?? Console.Out, error ?? Console.Error);
        foreach (var (key, value) in program.Defaults)
        {
            if (program.Options.Entries.FirstOrDefault(e => e.Key == key) is { } entry) entry.Default = value ?? "";
        }

        var version = Version();
        var line = CommandLineReader.Read(args, program);
        if (line.WantsHelp || line.WantsVersion)
        {
            await output.WriteAsync(line.WantsHelp ? HelpText.For(program) : $"{program.Name} {version}\n");
            return ExitCode.Success;
        }

        // Empty: the other builders read appsettings.json before we do, and throw at a malformed one.
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = program.Name, EnvironmentName = SettingsSources.EnvironmentName });
        builder.Host.UseDefaultServiceProvider(
            container => container.ValidateScopes = container.ValidateOnBuild = builder.Environment.IsDevelopment());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting();
        var sources = new SettingsSources();
        var faults = new List<string>(line.Faults);
        faults.AddRange(sources.Load(program, line));
        var wrong = program.Options.Check(sources.Layers);
        faults.AddRange(wrong.Take(MostFaults).Select(f => f.Message));

        // Without what is wrong: the rest is still looked at, so that a person sees every fault at once.
        sources.Apply(builder.Configuration, wrong.Select(f => f.Key).ToHashSet(StringComparer.OrdinalIgnoreCase));

        builder.Services.AddSingleton(sources);
        builder.Services.AddSingleton(AnsiConsole.Console);
        AddLogging(builder);
        ManagementEndpoint.Add(builder);
        TelemetrySetup.Add(builder, program, version);
        configure(builder);
        builder.Services.TryAddSingleton<StartInterruption>();
        builder.Services.RemoveAll<IHostLifetime>();
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        await using var app = builder.Build();
        var claims = app.Services.GetServices<IEndpointClaims>().SelectMany(c => c.Claims).ToList();
        // Said already.
        faults.AddRange(CrossFaults(app.Services)
            .Where(f => !wrong.Take(MostFaults).Any(w => f.StartsWith(w.Key + ":", StringComparison.OrdinalIgnoreCase))));
        faults.AddRange(OtelVariables.Faults(builder.Configuration));
        faults.AddRange(EndpointCollisions.Find(claims));
        if (faults.Count > 0)
        {
            var more = Math.Max(0, wrong.Count - MostFaults);
            await error.WriteLineAsync(
                $"{program.Name} cannot start: {(faults.Count is 1 ? "one fault" : $"{faults.Count + more} faults")} in its "
                + "configuration.");
            foreach (var fault in faults) await error.WriteLineAsync($"error: {Shown.Text(fault)}");
            if (more > 0)
            {
                await error.WriteLineAsync($"error: and {more} more keys that are wrong; is it a file of settings for this program?");
            }

            foreach (var nearMiss in sources.NearMisses) await error.WriteLineAsync($"note: {Shown.Text(nearMiss)}");
            return ExitCode.InvalidConfiguration;
        }

        if (line.Command is { } command) return await RunAsync(command, app.Services, output, error);
        if (BindCheck.Find(claims) is [var first, ..] taken)
        {
            foreach (var fault in taken) await error.WriteLineAsync($"error: {Shown.Text(fault.Message)}");
            return first.ExitCode;
        }

        ManagementEndpoint.Map(app);
        var (exitCode, failure) = await RunAsync(app, program, sources);
        await TelemetrySetup.EndAsync(app.Services);
        await app.DisposeAsync(); // writes what the log still holds: a person looks at the last line first
        if (failure is not null) await error.WriteLineAsync($"error: {Shown.Text(failure)}");
        return exitCode;
    }

    private static async Task<int> RunAsync(ProgramCommand command, IServiceProvider services, TextWriter output, TextWriter error)
    {
        try
        {
            await output.WriteLineAsync(Shown.Text(await command.RunAsync(services, CancellationToken.None))); // a signal ends the process
            return ExitCode.Success;
        }
        catch (StartupException fault)
        {
            await error.WriteLineAsync($"error: {Shown.Text(fault.Message)}");
            return fault.ExitCode;
        }
    }

    private static async Task<(int ExitCode, string? Failure)> RunAsync(
        WebApplication app, ProgramDescription program, SettingsSources sources)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(program.Name);
        foreach (var nearMiss in sources.NearMisses) Log.NearMiss(logger, nearMiss);
        foreach (var replaced in sources.Replaced) Log.Replaced(logger, replaced);
        var management = app.Services.GetRequiredService<IOptions<ManagementOptions>>().Value.Address;
        if (PortAddress.TryParse(management, out var open, out _) && !IPAddress.IsLoopback(open.Address))
        {
            Log.ManagementIsOpen(logger, management, open.Port);
        }

        var interrupted = false;
        try
        {
            await app.StartAsync();
        }
        catch (Exception fault) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            Log.StartFault(logger, program.Name, fault); // a signal while it started, for which every library has an exception of its own
            interrupted = true;
        }
        catch (Exception fault)
        {
            var explained = Explain(fault, app.Services);
            if (explained is null) Log.CannotStart(logger, program.Name, fault);
            else Log.StartFault(logger, program.Name, fault);
            await StopQuietlyAsync(app, logger);
            return (explained?.ExitCode ?? ExitCode.Failure, explained?.Message ?? $"{program.Name} cannot start; the log says why.");
        }

        try
        {
            if (interrupted) await StopQuietlyAsync(app, logger);
            else await app.WaitForShutdownAsync();
        }
        catch (Exception fault)
        {
            Log.CannotStop(logger, program.Name, fault);
            return (ExitCode.Failure, $"{program.Name} did not stop in order; the log says why.");
        }

        if (!app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(s => s.ExecuteTask is { IsFaulted: true }))
        {
            return (ExitCode.Success, null);
        }

        return (ExitCode.Failure, $"{program.Name} stopped because a part of it failed; the log says which.");
    }

    private static async Task StopQuietlyAsync(WebApplication app, ILogger logger)
    {
        using var patience = new CancellationTokenSource(StopAfterFailedStart);
        try
        {
            await app.StopAsync(patience.Token);
        }
        catch (Exception fault)
        {
            Log.StartFault(logger, "The stop after it", fault); // the first fault is the one that a person needs
        }
    }

    private static StartupException? Explain(Exception fault, IServiceProvider services)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is StartupException startup) return startup;
            if (cause is AggregateException { InnerExceptions: var inner } && inner.OfType<StartupException>().FirstOrDefault() is { } one)
            {
                return one;
            }
        }

        // Of everything that binds, only Kestrel's own start throws these unexplained: the management endpoint.
        if (fault is not (IOException or System.Net.Sockets.SocketException) || !BindFault.IsKnown(fault)) return null;
        return ManagementEndpoint.Claim(services.GetRequiredService<IOptions<ManagementOptions>>().Value) is { } claim
            ? BindFault.Describe(fault, claim) : null;
    }

    private static void AddLogging(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddFilter(null, LogLevel.Warning).AddFilter("OrleansEcho", LogLevel.Information);
        foreach (var (category, level) in QuietCategories) builder.Logging.AddFilter(category, level);
        var cut = new CutStart();
        builder.Services.AddSingleton(cut);
        // Asked again for each entry.
        builder.Logging.AddFilter(SiloCategory, level => level >= (cut.HasHappened ? LogLevel.Critical : LogLevel.Error));
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddConsole(console => console.FormatterName =
            LogLineFormatter.FormatterName).AddConsoleFormatter<LogLineFormatter, ConsoleFormatterOptions>();

        // A terminal that nobody reads must not stop what logs: some of it runs on the threads that sockets wait for.
        // How many lines were left out is said.
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
    }

    private static IEnumerable<string> CrossFaults(IServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException fault)
        {
            return fault.Failures;
        }
        catch (AggregateException faults)
        {
            return faults.InnerExceptions.OfType<OptionsValidationException>().SelectMany(f => f.Failures);
        }
        catch (Exception)
        {
            return []; // a fault of ours: the start meets it again, logs it and ends with its exit code
        }
    }

    private static string Version()
    {
        var version = typeof(EchoProgram)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
        return version.Split('+')[0];
    }

    private static partial class Log
    {
        [LoggerMessage(1011, LogLevel.Critical, "{Program} cannot start.")]
        public static partial void CannotStart(ILogger logger, string program, Exception fault);

        [LoggerMessage(1012, LogLevel.Debug, "{Program} cannot start.")]
        public static partial void StartFault(ILogger logger, string program, Exception fault);

        [LoggerMessage(1013, LogLevel.Error, "{Program} did not stop in order.")]
        public static partial void CannotStop(ILogger logger, string program, Exception fault);

        [LoggerMessage(1014, LogLevel.Warning, "{NearMiss}")]
        public static partial void NearMiss(ILogger logger, string nearMiss);

        [LoggerMessage(1015, LogLevel.Information, "{Replaced}")]
        public static partial void Replaced(ILogger logger, string replaced);

        [LoggerMessage(1016, LogLevel.Information,
            "Health and metrics can be read by everybody who reaches {Address} (Management:Address): it asks for no password. Keep others "
            + "away from it, or set --management 127.0.0.1:{Port}.")]
        public static partial void ManagementIsOpen(ILogger logger, string address, int port);
    }
}
